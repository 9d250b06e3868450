"""What turns the repository into the site."""

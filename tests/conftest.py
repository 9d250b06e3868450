"""One thread each: the tests run side by side, one process per core."""
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

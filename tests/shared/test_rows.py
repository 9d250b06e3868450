"""Small tables made of tidy rows."""
import pandas as pd
import pytest
import torch

from labkit import rows

TABLE = pd.DataFrame({"experiment": [*"aaaab"], "seed": [0, 1, 0, 1, 0],
                      "width": [2, 2, 1, 1, 1], "value": [5, 6, 1, 3, 9]})


def test_the_rows_of_one_experiment_alone():
    assert rows.of(TABLE, "b").value.tolist() == [9]


def test_a_table_has_a_row_per_seed_and_a_column_per_size():
    table = rows.wide(rows.of(TABLE, "a"), "value")
    assert table.to_dict() == {1: {0: 1, 1: 3}, 2: {0: 5, 1: 6}}
    assert rows.change(table).tolist() == [4, 3]
    assert rows.factor(table).tolist() == [5, 2]
    assert rows.wide(rows.of(TABLE, "b"), "width", "value").loc[0, 9] == 1


@pytest.mark.parametrize("compare", [rows.change, rows.factor])
def test_a_change_needs_two_sizes(compare):
    table = rows.wide(rows.of(TABLE, "b"), "value")
    with pytest.raises(ValueError, match=r"width is \[1\]"):
        compare(table)


def test_columns_of_members_become_rows():
    columns = {"loss": torch.tensor([.5, .25]), "right": torch.tensor([1, 2])}
    assert rows.as_rows(columns) == [{"loss": .5, "right": 1},
                                     {"loss": .25, "right": 2}]

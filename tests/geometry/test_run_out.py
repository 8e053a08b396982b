import numpy as np

from xmscenes.geometry.run_out import open_cells, run_out

NAN = np.nan


def test_heights_grow_one_cell_a_round_and_only_where_they_may():
    z = np.full((3, 6), NAN)
    z[:, 0] = [1.0, 2.0, 3.0]
    where = np.ones(z.shape, dtype=np.bool_)
    where[0] = False
    grown = run_out(z, where, 2)
    assert np.isnan(grown[0, 1:]).all()
    assert grown[1, 1] == 2.0
    assert np.isfinite(grown[1:, :3]).all()
    assert np.isnan(grown[:, 3:]).all()
    assert np.isnan(z[:, 1:]).all()  # the given grid stays


def test_a_gap_is_not_open_but_what_lies_beyond_is():
    z = np.full((40, 40), NAN)
    z[5:35, 5:30] = 1.0
    z[15:20, 10:15] = NAN
    found = open_cells(z, 10)
    assert not found[15:20, 10:15].any()
    assert found[:, 30:].all()
    assert found[35:, 5:30].all()
    assert not found[np.isfinite(z)].any()


def test_windows_agree_on_what_lies_beyond(rng):
    world = rng.uniform(0, 9, (60, 200))
    world[40:] = NAN
    world[35:, 95:103] = NAN
    west, east = world[:, :140], world[:, 60:]
    grown = [run_out(part, open_cells(part, 20), 15) for part in (west, east)]
    assert np.array_equal(grown[0][:, 90:110], grown[1][:, 30:50], equal_nan=True)
    assert np.isfinite(grown[0][:50, 90:110]).all()

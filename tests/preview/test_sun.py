from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from xmscenes.preview.sun import direction, local_moment, sun_direction, sun_position


def test_the_worked_example_of_the_nrel_algorithm_is_met() -> None:
    # Reda, Andreas, Solar Position Algorithm for Solar Radiation Applications (NREL/TP-560-34302, 2008), table A5.1:
    # 17 October 2003, 12:30:30 at UTC-7, 39.742476 N, 105.1786 W. Azimuth 194.340, elevation without refraction 39.872.
    moment = datetime(2003, 10, 17, 12, 30, 30, tzinfo=timezone(timedelta(hours=-7)))
    azimuth, elevation = sun_position(-105.1786, 39.742476, moment)
    assert azimuth == pytest.approx(194.340, abs=0.02)
    assert elevation == pytest.approx(39.872, abs=0.02)


def test_at_the_june_solstice_the_sun_stands_nearly_overhead_in_xiamen() -> None:
    day = [sun_position(118.07, 24.45, datetime(2026, 6, 21, 4, m, tzinfo=UTC))[1] for m in range(60)]
    assert max(day) == pytest.approx(90 - (24.45 - 23.44), abs=0.05)


def test_the_sun_rises_in_the_east_and_sets_in_the_west() -> None:
    morning, _ = sun_position(118.07, 24.45, local_moment("2026-03-20", "07:00", 118.07))
    evening, _ = sun_position(118.07, 24.45, local_moment("2026-03-20", "17:30", 118.07))
    assert 85 < morning < 105
    assert 255 < evening < 275


def test_the_hour_zone_follows_the_longitude_unless_given() -> None:
    assert local_moment("2026-10-01", "17:30", 118.07).utcoffset() == timedelta(hours=8)
    assert local_moment("2026-10-01", "17:30", 4.3, 1.0).utcoffset() == timedelta(hours=1)


def test_directions_are_unit_vectors_in_local_axes() -> None:
    assert direction(90.0, 0.0) == pytest.approx((1.0, 0.0, 0.0))
    assert direction(0.0, 90.0)[2] == pytest.approx(1.0)
    sun = sun_direction(118.07, 24.45, local_moment("2026-10-01", "12:00", 118.07))
    assert np.linalg.norm(sun) == pytest.approx(1.0)
    assert sun[1] < 0 < sun[2]  # the noon sun stands in the south


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        sun_position(0.0, 0.0, datetime(2026, 1, 1))

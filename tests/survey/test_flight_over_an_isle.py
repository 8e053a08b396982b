"""The whole survey of a tiny place: what comes back, that it is true, and that it comes back the same."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import laspy
import numpy as np
import pytest
from isle import PLAN, make_isle

from xmscenes.errors import InputError, SpecError
from xmscenes.progress import Silent
from xmscenes.scenes import LoadedSpec, load_spec
from xmscenes.survey import fly_survey, is_simulated, provide_points, truth_of
from xmscenes.survey.judge import judge_roof, judge_terrain
from xmscenes.survey.truth import Truth, load_truth


@pytest.fixture(scope="module")
def isle(tmp_path_factory: pytest.TempPathFactory) -> LoadedSpec:
    return make_isle(tmp_path_factory.mktemp("isle"))


@pytest.fixture(scope="module")
def flown(isle: LoadedSpec, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, laspy.LasData]:
    folder = tmp_path_factory.mktemp("flown")
    paths = fly_survey(isle, folder, progress=Silent())
    return folder, together(paths)


@pytest.fixture(scope="module")
def truth(flown: tuple[Path, laspy.LasData]) -> Truth:
    return load_truth(flown[0] / "truth.npz")


def together(paths: list[Path]) -> dict[str, np.ndarray]:
    files = [laspy.read(p) for p in paths]
    names = ("classification", "return_number", "number_of_returns", "intensity", "red", "point_source_id")
    out = {n: np.concatenate([np.asarray(f[n]) for f in files]) for n in names}
    out["xyz"] = np.concatenate([f.xyz for f in files])
    out["crs"] = [f.header.parse_crs() for f in files]
    return out


def local(isle: LoadedSpec, xyz: np.ndarray) -> np.ndarray:
    return isle.spec.to_frame().to_local(xyz, "EPSG:4548")


def test_the_grid_is_the_national_one_of_117_east(flown: tuple) -> None:
    assert all("117E" in crs.name.replace(" ", "") for crs in flown[1]["crs"])


def test_every_class_that_a_vendor_delivers_is_there(flown: tuple) -> None:
    assert {2, 5, 6, 17} <= set(np.unique(flown[1]["classification"]))


def test_density_on_land_is_at_least_the_one_asked_for(isle: LoadedSpec, flown: tuple) -> None:
    xy = local(isle, flown[1]["xyz"])[:, :2]
    inner = (np.abs(xy - (-60, -50)) < (50, 45)).all(axis=1) & (flown[1]["return_number"] == 1)
    assert inner.sum() / (100 * 90) >= 8.5


def test_every_place_is_seen_from_two_strips(isle: LoadedSpec, flown: tuple) -> None:
    xy = local(isle, flown[1]["xyz"])[:, :2]
    for x, y in ((0, 0), (-60, -60), (80, 10)):
        near = (np.abs(xy - (x, y)) < 6).all(axis=1)
        assert len(np.unique(flown[1]["point_source_id"][near])) >= 2


def test_water_gives_back_next_to_nothing_and_never_ground(isle: LoadedSpec, flown: tuple) -> None:
    xyz = local(isle, flown[1]["xyz"])
    lake = (np.abs(xyz[:, :2] - (60, -85)) < (35, 10)).all(axis=1)
    assert lake.sum() < 0.02 * 9.0 * 70 * 20
    assert not (flown[1]["classification"][lake] == 2).any()


def test_pulses_pass_through_crowns_to_the_ground(flown: tuple) -> None:
    many = flown[1]["number_of_returns"] > 1
    assert many.mean() > 0.03
    assert (flown[1]["classification"][many & (flown[1]["return_number"] == flown[1]["number_of_returns"])] == 2).any()
    assert (flown[1]["return_number"] <= flown[1]["number_of_returns"]).all()


def test_ground_points_lie_on_the_true_ground_to_about_the_noise(isle: LoadedSpec, flown: tuple, truth: Truth) -> None:
    xyz = local(isle, flown[1]["xyz"])[flown[1]["classification"] == 2]
    off_rock = np.hypot(xyz[:, 0] + 71, xyz[:, 1] + 78) > 15
    xyz = xyz[off_rock & (np.abs(xyz[:, :2]) < 110).all(axis=1)]
    error = xyz[:, 2] - truth.ground.height(xyz[:, :2])
    assert 0.015 < np.sqrt(np.mean(error**2)) < 0.06  # 2 cm of range, 1.5 cm of strip, slopes


def test_roof_points_lie_on_the_true_roofs(isle: LoadedSpec, flown: tuple, truth: Truth) -> None:
    xyz = local(isle, flown[1]["xyz"])[flown[1]["classification"] == 6]
    for building in range(len(truth.building_id)):
        inside = ~np.isnan(truth.roof_height(building, xyz[:, :2]))
        error = xyz[inside, 2] - truth.roof_height(building, xyz[inside, :2])
        assert inside.sum() > 500
        assert np.median(np.abs(error)) < 0.06


def test_the_boulder_reaches_its_published_top(isle: LoadedSpec, flown: tuple) -> None:
    top = local(isle, flown[1]["xyz"])[flown[1]["classification"] == 2][:, 2].max()
    assert top == pytest.approx(22.0, abs=0.25)


def test_the_bridge_deck_lies_at_its_height(isle: LoadedSpec, flown: tuple) -> None:
    xyz = local(isle, flown[1]["xyz"])[flown[1]["classification"] == 17]
    middle = np.abs(xyz[:, 0] - 60) < 10
    assert np.median(xyz[middle, 2]) == pytest.approx(6.5, abs=0.06)


def test_the_same_plan_gives_the_same_bytes(isle: LoadedSpec, flown: tuple, tmp_path: Path) -> None:
    again = fly_survey(isle, tmp_path, progress=Silent())
    for path in again:
        first = flown[0] / path.name
        assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(first.read_bytes()).digest()


def test_saved_truth_is_the_truth(isle: LoadedSpec, truth: Truth) -> None:
    fresh = truth_of(isle)
    assert list(truth.building_form) == ["hip", "hip", "gable", "flat", "hip"]
    np.testing.assert_array_equal(fresh.roof, truth.roof)
    np.testing.assert_allclose(fresh.ground.z, truth.ground.z, atol=0.0006)


def test_a_perfect_result_is_judged_perfect(truth: Truth) -> None:
    assert judge_terrain(truth, truth.ground.height).rmse_m == 0.0
    assert judge_roof(truth, "乙", lambda xy: truth.roof_height(1, xy)).mae_m == 0.0
    with pytest.raises(KeyError):
        judge_roof(truth, "无", truth.ground.height)


def test_image_matching_is_one_coloured_unclassified_surface(isle: LoadedSpec, truth: Truth, tmp_path: Path) -> None:
    points = together(fly_survey(isle, tmp_path, variant="image_matching", progress=Silent()))
    assert set(np.unique(points["classification"])) == {1}
    assert (points["number_of_returns"] == 1).all()
    xyz = local(isle, points["xyz"])
    flat = ~np.isnan(truth.roof_height(3, xyz[:, :2])) & (np.abs(xyz[:, :2] - (85, 70)) < 6).all(axis=1)
    error = xyz[flat, 2] - truth.roof_height(3, xyz[flat, :2])
    assert 0.02 < np.median(np.abs(error)) < 0.15
    wood = (np.abs(xyz[:, :2] + (65, -65)) < 30).all(axis=1)
    assert (xyz[wood, 2] - truth.ground.height(xyz[wood, :2]) > 2.0).mean() > 0.3


def test_an_unknown_variant_is_named(isle: LoadedSpec, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"survey.variant = 'sonar': want one of airborne, image_matching"):
        fly_survey(isle, tmp_path, variant="sonar", progress=Silent())


class TestProvidePoints:
    """Which points a build gets."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> LoadedSpec:
        return make_isle(tmp_path / "place")

    @pytest.fixture
    def folder(self, place: LoadedSpec) -> Path:
        return place.roots[-1] / "assets" / "isle" / "points"

    def test_the_survey_is_flown_once_and_again_when_its_plan_changes(
        self, place: LoadedSpec, folder: Path, tmp_path: Path
    ) -> None:
        first = provide_points(place, tmp_path / "work", Silent())
        assert first
        assert all(p.parent == folder for p in first)
        stamp = (folder / "survey.json").stat().st_mtime_ns
        assert provide_points(place, tmp_path / "work", Silent()) == first
        assert (folder / "survey.json").stat().st_mtime_ns == stamp
        (folder.parent / "survey.toml").write_text(PLAN.replace("seed = 7", "seed = 8"), encoding="utf-8")
        provide_points(place, tmp_path / "work", Silent())
        assert (folder / "survey.json").stat().st_mtime_ns != stamp

    def test_a_part_of_the_place_is_built_from_the_survey_of_the_whole(
        self, place: LoadedSpec, folder: Path, tmp_path: Path
    ) -> None:
        first = provide_points(place, tmp_path / "work", Silent())
        stamp = (folder / "survey.json").stat().st_mtime_ns
        root = folder.parents[2]
        part = load_spec(
            str(place.path), overrides=["area.bounds_deg=[118.0690,24.4490,118.0700,24.4500]"], data_roots=[root]
        )
        assert provide_points(part, tmp_path / "work", Silent()) == first
        assert (folder / "survey.json").stat().st_mtime_ns == stamp
        more = load_spec(
            str(place.path), overrides=["area.bounds_deg=[118.0680,24.4487,118.0715,24.4513]"], data_roots=[root]
        )
        provide_points(more, tmp_path / "work", Silent())
        assert (folder / "survey.json").stat().st_mtime_ns != stamp

    def test_a_real_survey_wins_and_the_simulated_one_goes(
        self, place: LoadedSpec, folder: Path, flown: tuple, tmp_path: Path
    ) -> None:
        folder.mkdir(parents=True)
        for path in flown[0].iterdir():
            shutil.copy(path, folder)
        shutil.copy(next(flown[0].glob("*.laz")), folder / "真实.laz")
        assert is_simulated(folder / next(flown[0].glob("*.laz")).name)
        assert not is_simulated(folder / "真实.laz")
        assert [p.name for p in provide_points(place, tmp_path / "work", Silent())] == ["真实.laz"]
        assert sorted(p.name for p in folder.iterdir()) == ["真实.laz"]

    def test_without_plan_and_points_the_message_says_what_to_do(self, place: LoadedSpec, tmp_path: Path) -> None:
        text = place.path.read_text(encoding="utf-8").split("[survey]")[0]
        place.path.write_text(text, encoding="utf-8")
        from xmscenes.scenes import load_spec

        bare = load_spec(str(place.path), data_roots=list(place.roots))
        with pytest.raises(InputError, match=r"inputs.points = .*: no such file; put a survey there"):
            provide_points(bare, tmp_path, Silent())

    def test_a_wrong_key_in_the_plan_is_named(self, place: LoadedSpec, folder: Path, tmp_path: Path) -> None:
        (folder.parent / "survey.toml").write_text(PLAN + "[oops]\n", encoding="utf-8")
        with pytest.raises(SpecError, match=r"survey.toml: oops"):
            provide_points(place, tmp_path, Silent())

    def test_a_missing_layer_is_named(self, place: LoadedSpec, folder: Path, tmp_path: Path) -> None:
        (folder.parent / "greens.geojson").unlink()
        with pytest.raises(InputError, match=r"survey.toml: greens.geojson: no such file"):
            provide_points(place, tmp_path, Silent())

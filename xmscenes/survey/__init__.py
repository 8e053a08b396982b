"""The simulated survey flight: points for places that nobody has surveyed openly, with a truth to compare with."""

from xmscenes.survey.supply import fly_survey, is_simulated, provide_points, truth_of

__all__ = ["fly_survey", "is_simulated", "provide_points", "truth_of"]

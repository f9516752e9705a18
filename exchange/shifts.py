"""The two shifted coordinate systems of Chinese web maps, GCJ-02 and BD-09, and their inverses. Pure, vectorised.

Both shift WGS-84 by a smooth function of the place, about 530 m at Puyang. The inverse has no formula; it is found
by iteration, which converges because the shift hardly changes over its own length.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Coordinates = np.ndarray  # of shape (n, 2): longitude and latitude in degrees

AXIS_M = 6_378_245.0  # Krasovsky 1940, on which GCJ-02 is defined
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
CLOSE_DEG = 1e-10  # a hundredth of a millimetre
ROUNDS = 30
BAIDU_TURN = np.pi * 3000.0 / 180.0


def wgs_to_gcj(places: Coordinates) -> Coordinates:
    """WGS-84 degrees → GCJ-02 degrees."""
    x, y = places[:, 0] - 105.0, places[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    latitude = np.radians(places[:, 1])
    flattening = 1.0 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / flattening**1.5
    parallel_m = AXIS_M * np.cos(latitude) / np.sqrt(flattening)
    shift: Coordinates = np.degrees(np.column_stack([east / parallel_m, north / meridian_m]))
    moved: Coordinates = places + shift
    return moved


def gcj_to_bd(places: Coordinates) -> Coordinates:
    """GCJ-02 degrees → BD-09 degrees."""
    x, y = places[:, 0], places[:, 1]
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * BAIDU_TURN)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * BAIDU_TURN)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def gcj_to_wgs(places: Coordinates) -> Coordinates:
    """GCJ-02 degrees → WGS-84 degrees, with an error far below 0.1 m."""
    return _undone(wgs_to_gcj, places)


def bd_to_wgs(places: Coordinates) -> Coordinates:
    """BD-09 degrees → WGS-84 degrees, with an error far below 0.1 m."""
    return gcj_to_wgs(_undone(gcj_to_bd, places))


def _undone(shift: Callable[[Coordinates], Coordinates], places: Coordinates) -> Coordinates:
    """Find the places that ``shift`` moves to ``places``."""
    guess = places
    for _ in range(ROUNDS):
        miss = places - shift(guess)
        guess = guess + miss
        if not miss.size or np.abs(miss).max() < CLOSE_DEG:
            break
    return guess

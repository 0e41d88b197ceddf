"""Meetings on pages: lists, one as it goes on, and what members and the chair do in it."""

from __future__ import annotations

from typing import Final

from app.pages.meetings import (
    calendar,
    calling_off,
    convening,
    door,
    floor,
    lists,
    minutes,
    minutes_paper,
    one,
    papers,
    post,
    reception,
    returned,
)

ROUTES: Final = (
    lists.meetings,
    *convening.ROUTES,
    one.meeting,
    minutes.minutes,
    *door.ROUTES,
    *reception.ROUTES,
    *calendar.ROUTES,
    *papers.ROUTES,
    *minutes_paper.ROUTES,
    *post.ROUTES,
    *calling_off.ROUTES,
    *returned.ROUTES,
    *floor.ROUTES,
)

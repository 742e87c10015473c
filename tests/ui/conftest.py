"""What the tests of the front ends share."""

from __future__ import annotations

import pytest

from tests.ui.fake import FakeAssistant, FakeTalk


@pytest.fixture
def fake() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def new_talk() -> type[FakeTalk]:
    return FakeTalk

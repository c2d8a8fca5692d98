"""What holds for every test: no folder, language or setting of the person who runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from officer_console.locale import set_language
from tests.nats import Servers

settings.register_profile("house", deadline=None, derandomize=True)  # a slow or unlucky machine is no failure
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("house")

FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
UNSET = (
    "LANGUAGE",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
    "DBUS_SESSION_BUS_ADDRESS",  # leads to the person's real keyring
    "NO_COLOR",
    "OFFICER_CONSOLE_DEBUG",
    "PYTHON_KEYRING_BACKEND",
    "TEXTUAL_LOG",
)


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Folders of its own for the whole run, for this process and the ones it starts."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        for name in FOLDERS:
            folder = home / name.lower()
            folder.mkdir(mode=0o700)
            patch.setenv(name, str(folder))
        for name in UNSET:
            patch.delenv(name, raising=False)
        patch.setenv("LC_ALL", "C.UTF-8")
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test begins in English, whatever the one before spoke."""
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int], Servers]]:
    """Gives so many servers, started at the first call."""
    started: dict[int, Servers] = {}

    def give(count: int) -> Servers:
        if count not in started:
            started[count] = Servers(tmp_path_factory.mktemp("nats") / str(count), count)
            started[count].start()
        return started[count]

    yield give
    for servers in started.values():
        servers.stop()

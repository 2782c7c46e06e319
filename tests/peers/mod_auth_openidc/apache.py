"""Debian's Apache with mod_auth_openidc before a page, as an administration protects what it cannot change."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

MODULES = Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "mime", "auth_openidc")
EXAMPLE = Path(__file__).with_name("rendez-vous.conf")
"""What the integrators' guide shows."""
CONFIGURATION = """
ServerName localhost
ServerRoot {folder}
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
{identity}
{modules}
DocumentRoot {folder}/pages
DirectoryIndex index.html
AddDefaultCharset utf-8
TypesConfig /etc/mime.types
<Directory {folder}/pages>
  Require all granted
</Directory>
{defined}
Include "{example}"
OIDCInfoHook userinfo id_token
{settings}
"""


@contextmanager
def serving(port: int, defined: Mapping[str, str], settings: Mapping[str, str]) -> Iterator[str]:
    """The protected site on that port, stopped at the end; its address.

    `defined` are the variables of the example, `settings` directives of the module beyond it.
    """
    with TemporaryDirectory(prefix="laissez-passer-apache-") as made:
        folder = Path(made)
        folder.chmod(0o755)  # started by root, Apache serves as somebody who may read little
        file = _written(folder, port, {**defined, "ADDRESS": f"http://localhost:{port}"}, settings)
        process = subprocess.Popen(["apache2", "-f", str(file), "-D", "FOREGROUND"])
        address = f"http://localhost:{port}"
        try:
            _wait(address, process, folder / "error.log")
            yield address
        finally:
            process.terminate()
            process.wait(10)


def _written(folder: Path, port: int, defined: Mapping[str, str], settings: Mapping[str, str]) -> Path:
    for path, content in {"prive": "Bassin réservé", ".": "Piscine"}.items():
        (folder / "pages" / path).mkdir(parents=True, exist_ok=True)
        (folder / "pages" / path / "index.html").write_text(content, encoding="utf-8")
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
    identity = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    file = folder / "apache.conf"
    configuration = CONFIGURATION.format(
        folder=folder,
        port=port,
        identity=identity,
        modules=modules,
        defined="\n".join(f"Define {name} {value}" for name, value in defined.items()),
        example=EXAMPLE,
        settings="\n".join(f'{name} "{value}"' for name, value in settings.items()),
    )
    file.write_text(configuration, encoding="utf-8")
    return file


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text() if log.exists() else "Apache ended at once"
        try:
            httpx2.get(address, timeout=1)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("Apache does not answer")

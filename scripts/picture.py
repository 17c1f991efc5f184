"""Takes the README's picture: a page of the real site in Chromium.

python scripts/picture.py http://127.0.0.1:8001/read/SLUG docs/images/article.png
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click
from playwright.sync_api import sync_playwright


@click.command()
@click.argument("address")
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--width", default=1280, show_default=True, help="Of the window, in pixels.")
@click.option("--height", default=860, show_default=True, help="Of the window, in pixels.")
def main(address: str, output: Path, width: int, height: int) -> None:
    """Writes what ADDRESS looks like to OUTPUT."""
    executable = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(address, wait_until="networkidle")
        page.screenshot(path=output)
        browser.close()


if __name__ == "__main__":
    main()

"""A person's browser among several sites: it follows every redirect, wherever it leads, until a page is shown."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from tests.support.signing_in import sign_in
from tests.support.visitor import MOST_REDIRECTS, Page, Visitor


@dataclass
class Browser:
    """One browser, with the cookies of every site it visits."""

    client: httpx2.AsyncClient

    async def open(self, address: str) -> Page:
        """Type an address; the page where that ends."""
        for _ in range(MOST_REDIRECTS):
            parts = urlsplit(address)
            page = await Visitor(self.client, f"{parts.scheme}://{parts.netloc}").open(address)
            if not page.outside:
                return page
            address = page.address
        raise AssertionError(f"still sent on, to {address}")

    async def arrive(self, page: Page) -> Page:
        """Where a page leads, once what it submitted was answered by a redirect to another site."""
        return await self.open(page.address) if page.outside else page

    async def sign_in(self, address: str) -> Page:
        """Follow an application's link to sign in, do so, and come back to it."""
        return await self.arrive(await sign_in(await self.open(address)))

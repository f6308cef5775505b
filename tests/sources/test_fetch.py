"""The guarded client over real HTTP on loopback: what it fetches, what it refuses, and how it fails."""

from __future__ import annotations

import dataclasses
import gzip
import ipaddress
import ssl
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changeover.sources.address import CheckedBackend, Refused, _embedded, permitted
from changeover.sources.answer import Answer, Fetched, FetchFailed, retry_after
from changeover.sources.fetch import Fetcher, FetchRules

from .conftest import QUICK
from .local_server import Asked, LocalServer, Told

LOOPBACK_ONLY = dataclasses.replace(QUICK, allow_private=False, networks=(ipaddress.ip_network("127.0.0.1/32"),))


async def got(fetcher: Fetcher, url: str) -> Fetched:
    fetched = await fetcher.get(url)
    assert isinstance(fetched, Fetched), fetched
    return fetched


async def refused(fetcher: Fetcher, url: str) -> FetchFailed:
    fetched = await fetcher.get(url)
    assert isinstance(fetched, FetchFailed), fetched
    assert fetched.sentence.endswith(".")
    assert "Traceback" not in fetched.sentence
    return fetched


class TestWhatIsFetched:
    async def test_a_page_comes_with_its_final_address_and_body(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/a"] = Told(status=301, headers={"Location": "/b"})
        site.pages["/b"] = "here"
        page = await got(fetcher, site.url + "/a")
        assert (page.body, page.url) == (b"here", site.url + "/b")

    async def test_it_says_who_it_is(self, site: LocalServer) -> None:
        site.pages["/"] = "x"
        async with Fetcher(dataclasses.replace(QUICK, user_agent="Changeover/1 (+mailto:ops@example.com)")) as fetcher:
            await fetcher.get(site.url + "/")
        assert site.asked[0].headers["user-agent"] == "Changeover/1 (+mailto:ops@example.com)"

    @pytest.mark.parametrize(
        ("encoding", "body"),
        [
            ("gzip", gzip.compress(b"a" * 5000, mtime=0)),
            ("deflate", zlib.compress(b"a" * 5000)),
            ("deflate", zlib.compress(b"a" * 5000)[2:-4]),
        ],
    )
    async def test_compressed_answers_are_opened(
        self, site: LocalServer, fetcher: Fetcher, encoding: str, body: bytes
    ) -> None:
        site.pages["/z"] = Told(body, headers={"Content-Encoding": encoding})
        assert (await got(fetcher, site.url + "/z")).body == b"a" * 5000

    async def test_an_unchanged_page_is_an_answer_of_its_own(self, site: LocalServer, fetcher: Fetcher) -> None:
        def page(asked: Asked) -> Told:
            same = asked.headers.get("if-none-match") == '"v1"'
            return Told(status=304) if same else Told(b"new", headers={"ETag": '"v1"'})

        site.pages["/feed"] = page
        first = await got(fetcher, site.url + "/feed")
        second = await fetcher.get(site.url + "/feed", etag=first.headers["etag"])
        assert isinstance(second, Fetched)
        assert second.not_modified

    async def test_the_host_is_told_by_name_although_the_address_is_connected_to(self, site: LocalServer) -> None:
        async def resolver(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        site.pages["/"] = "x"
        async with Fetcher(QUICK, resolver=resolver) as fetcher:
            await got(fetcher, f"http://careers.example:{site.port}/")
        assert site.asked[0].headers["host"] == f"careers.example:{site.port}"

    async def test_a_feed_is_streamed_in_pieces(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/feed"] = b"x" * 1_000_000
        async with fetcher.stream(site.url + "/feed") as answer:
            assert isinstance(answer, Answer)
            sizes = [len(piece) async for piece in answer.chunks()]
        assert sum(sizes) == 1_000_000
        assert len(sizes) > 1
        assert answer.failure is None


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("ftp://example.com/feed", "BAD_URL"),
            ("file:///etc/passwd", "BAD_URL"),
            ("gopher://example.com/", "BAD_URL"),
            ("http://", "BAD_URL"),
            ("http://[::1", "BAD_URL"),
            ("http://example.com:99999/", "BAD_URL"),
            ("http://a b/", "BAD_URL"),
            ("http://user:secret@example.com/", "CREDENTIALS_IN_URL"),
            ("http://user@example.com/", "CREDENTIALS_IN_URL"),
            ("ftp://user:secret@example.com/", "BAD_URL"),
            ("http://user:secret@example.com:99999/?key=secret", "BAD_URL"),
            ("http://user:secret@/", "CREDENTIALS_IN_URL"),
            ("http://127.0.0.1/", "PRIVATE_ADDRESS"),
            ("http://localhost/", "PRIVATE_ADDRESS"),
            ("http://2130706433/", "PRIVATE_ADDRESS"),
            ("http://0x7f.1/", "PRIVATE_ADDRESS"),
            ("http://017700000001/", "PRIVATE_ADDRESS"),
            ("http://0177.0.0.1/", "BAD_URL"),
            ("http://127.1/", "PRIVATE_ADDRESS"),
            ("http://2852039166/latest/meta-data/", "PRIVATE_ADDRESS"),
            ("http://[::1]/", "PRIVATE_ADDRESS"),
            ("http://[::]/", "PRIVATE_ADDRESS"),
            ("http://[fe80::1]/", "PRIVATE_ADDRESS"),
            ("http://[fec0::1]/", "PRIVATE_ADDRESS"),
            ("http://[64:ff9b::a9fe:a9fe]/", "PRIVATE_ADDRESS"),
            ("http://[64:ff9b:1::a9fe:a9fe]/", "PRIVATE_ADDRESS"),
            ("http://[2002:a9fe:a9fe::]/", "PRIVATE_ADDRESS"),
            ("http://168.63.129.16/machine", "PRIVATE_ADDRESS"),
            ("http://192.0.0.192/latest/", "PRIVATE_ADDRESS"),
            ("http://[::ffff:10.0.0.1]/", "PRIVATE_ADDRESS"),
            ("http://[::ffff:a9fe:a9fe]/", "PRIVATE_ADDRESS"),
            ("http://[64:ff9b::7f00:1]/", "PRIVATE_ADDRESS"),
            ("http://[2002:7f00:1::]/", "PRIVATE_ADDRESS"),
            ("http://10.1.2.3/", "PRIVATE_ADDRESS"),
            ("http://100.64.0.1/", "PRIVATE_ADDRESS"),
            ("http://169.254.169.254/latest/meta-data/", "PRIVATE_ADDRESS"),
            ("http://0.0.0.0/", "PRIVATE_ADDRESS"),
            ("http://224.0.0.1/", "PRIVATE_ADDRESS"),
            ("http://255.255.255.255/", "PRIVATE_ADDRESS"),
            ("http://no-such-host.invalid/", "HOST_NOT_FOUND"),
        ],
    )
    async def test_addresses_that_are_not_public(self, url: str, code: str) -> None:
        async with Fetcher(FetchRules(host_delay=0)) as fetcher:
            failure = await refused(fetcher, url)
        assert failure.code == code
        assert "secret" not in failure.sentence

    async def test_the_permission_for_private_addresses_never_opens_metadata(self, fetcher: Fetcher) -> None:
        for host in ("169.254.169.254", "[fe80::1]", "100.100.100.200", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"):
            assert (await refused(fetcher, f"http://{host}/")).code == "PRIVATE_ADDRESS"

    @pytest.mark.parametrize("target", ["http://127.0.0.2:{port}/", "http://10.0.0.1/", "http://[::1]:{port}/"])
    async def test_a_redirect_to_a_private_address(self, site: LocalServer, target: str) -> None:
        site.pages["/"] = Told(status=302, headers={"Location": target.format(port=site.port)})
        async with Fetcher(LOOPBACK_ONLY) as fetcher:
            assert (await refused(fetcher, site.url + "/")).code == "PRIVATE_ADDRESS"
        assert len(site.asked) == 1

    async def test_a_redirect_from_https_to_http_is_not_followed_and_one_back_is(
        self, site: LocalServer, secure: LocalServer
    ) -> None:
        site.pages["/jobs"] = Told(status=301, headers={"Location": f"{secure.url}/list"})
        secure.pages["/list"] = "jobs"
        secure.pages["/open"] = Told(status=301, headers={"Location": f"{site.url}/feed?key=s3cret"})
        secure.pages["/private"] = Told(status=301, headers={"Location": f"https://127.0.0.2:{site.port}/"})
        async with Fetcher(LOOPBACK_ONLY) as fetcher:
            assert (await got(fetcher, site.url + "/jobs")).body == b"jobs"
            failure = await refused(fetcher, secure.url + "/open?key=s3cret")
            assert (await refused(fetcher, secure.url + "/private")).code == "PRIVATE_ADDRESS"
        assert failure.code == "REDIRECT_TO_HTTP"
        assert f"leads to {site.url}/feed," in failure.sentence
        assert "give the http address itself" in failure.sentence
        assert "s3cret" not in failure.sentence
        assert [asked.path for asked in site.asked] == ["/jobs"]

    async def test_nothing_secret_goes_to_another_host(self, site: LocalServer) -> None:
        async def resolver(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        there = f"http://elsewhere.example:{site.port}/there"
        site.pages["/here"] = Told(status=307, headers={"Location": there, "Set-Cookie": "session=s3cret"})
        site.pages["/there"] = Told(status=307, headers={"Location": f"http://jobs.example:{site.port}/back"})
        site.pages["/back"] = "x"
        async with Fetcher(QUICK, resolver=resolver) as fetcher:
            await got(fetcher, f"http://jobs.example:{site.port}/here?token=s3cret")
            await fetcher.post(f"http://jobs.example:{site.port}/here?token=s3cret", {"a": 1})
        elsewhere = [asked for asked in site.asked if asked.path == "/there"]
        assert len(elsewhere) == 2
        assert "s3cret" not in str(elsewhere)
        assert [asked.headers.get("cookie") for asked in site.asked if asked.path == "/back"] == ["session=s3cret"] * 2

    async def test_a_redirect_that_carries_credentials_or_another_scheme(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/a"] = Told(status=302, headers={"Location": f"http://u:p@127.0.0.1:{site.port}/"})
        site.pages["/b"] = Told(status=302, headers={"Location": "file:///etc/passwd"})
        site.pages["/c"] = Told(status=302, headers={"Location": "/c?token=secret"})
        assert (await refused(fetcher, site.url + "/a")).code == "CREDENTIALS_IN_URL"
        assert (await refused(fetcher, site.url + "/b")).code == "BAD_URL"
        assert "secret" not in (await refused(fetcher, site.url + "/c?token=secret")).sentence

    async def test_a_host_with_one_private_address_among_public_ones(self) -> None:
        async def resolver(_host: str, _port: int) -> list[str]:
            return ["93.184.215.14", "10.0.0.1"]

        with pytest.raises(Refused, match="PRIVATE_ADDRESS"):
            await CheckedBackend(resolver=resolver).checked("careers.example", 443)

    async def test_a_name_that_changes_between_check_and_connection(self, site: LocalServer) -> None:
        asked: list[str] = []

        async def resolver(host: str, _port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

        site.pages["/"] = Told(b"x", headers={"Connection": "close"})
        async with Fetcher(LOOPBACK_ONLY, resolver=resolver) as fetcher:
            await got(fetcher, f"http://rebind.example:{site.port}/")
            assert (await refused(fetcher, f"http://other.example:{site.port}/")).code == "PRIVATE_ADDRESS"
        assert asked == ["rebind.example", "other.example"]
        assert len(site.asked) == 1

    async def test_a_circle_of_redirects(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/"] = Told(status=307, headers={"Location": "/"})
        assert (await refused(fetcher, site.url + "/")).code == "TOO_MANY_REDIRECTS"
        assert len(site.asked) == 6

    @given(st.ip_addresses())
    def test_only_public_addresses_are_permitted(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        if permitted(address):
            assert (_embedded(address) or address).is_global
            assert not address.is_multicast
        if isinstance(address, ipaddress.IPv4Address):
            mapped = ipaddress.IPv6Address(f"::ffff:{address}")
            assert permitted(mapped) == permitted(address)

    async def test_a_site_that_sets_ever_more_cookies_is_brought_back_few(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["*"] = lambda asked: Told(b"x", headers={"Set-Cookie": f"c{len(site.asked)}=x"})
        for number in range(250):
            await got(fetcher, f"{site.url}/{number}")
        assert max(asked.headers.get("cookie", "").count("=") for asked in site.asked) == 100


class TestWhatFails:
    async def test_nobody_listens(self, fetcher: Fetcher) -> None:
        assert (await refused(fetcher, "http://127.0.0.1:1/")).code == "CONNECTION_FAILED"

    async def test_a_page_that_is_not_there(self, site: LocalServer, fetcher: Fetcher) -> None:
        failure = await refused(fetcher, site.url + "/nothing")
        assert (failure.code, failure.status) == ("HTTP_404", 404)
        assert len(site.asked) == 1

    async def test_more_than_a_page_may_have(self, site: LocalServer) -> None:
        site.pages["/"] = b"x" * 10_001
        async with Fetcher(dataclasses.replace(QUICK, page_bytes=10_000)) as fetcher:
            assert (await refused(fetcher, site.url + "/")).code == "TOO_LARGE"

    async def test_a_bomb_of_compressed_zeros(self, site: LocalServer, fetcher: Fetcher) -> None:
        bomb = gzip.compress(b"\0" * 100_000_000, mtime=0)
        site.pages["/"] = Told(bomb, headers={"Content-Encoding": "gzip"})
        assert (await refused(fetcher, site.url + "/")).code == "TOO_LARGE"
        async with fetcher.stream(site.url + "/") as answer:
            assert isinstance(answer, Answer)
            opened = sum([len(piece) async for piece in answer.chunks()])
        assert answer.failure is not None
        assert answer.failure.code == "COMPRESSION_BOMB"
        assert opened < 40_000_000

    async def test_compression_that_cannot_be_opened(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/"] = Told(b"no gzip at all", headers={"Content-Encoding": "gzip"})
        assert (await refused(fetcher, site.url + "/")).code == "BAD_COMPRESSION"

    async def test_a_body_that_is_cut_off(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/"] = Told(b"half", length=100)
        assert (await refused(fetcher, site.url + "/")).code == "CUT_OFF"
        async with fetcher.stream(site.url + "/") as answer:
            assert isinstance(answer, Answer)
            assert b"".join([piece async for piece in answer.chunks()]) == b"half"
        assert answer.failure is not None
        assert answer.failure.code == "CUT_OFF"

    async def test_a_compressed_body_that_is_cut_off_unnoticed_by_http(
        self, site: LocalServer, fetcher: Fetcher
    ) -> None:
        site.pages["/"] = Told(gzip.compress(b"abc" * 9000, mtime=0)[:-20], headers={"Content-Encoding": "gzip"})
        assert (await refused(fetcher, site.url + "/")).code == "CUT_OFF"

    async def test_bytes_that_drip(self, site: LocalServer) -> None:
        site.pages["/"] = Told(b"x" * 100, drip=(1, 0.05))
        rules = dataclasses.replace(QUICK, slow_after_seconds=0.3, slow_bytes_a_second=500, attempts=1)
        async with Fetcher(rules) as fetcher:
            began = time.monotonic()
            assert (await refused(fetcher, site.url + "/")).code == "TOO_SLOW"
        assert time.monotonic() - began < 2

    async def test_a_page_that_takes_too_long_in_all(self, site: LocalServer) -> None:
        site.pages["/"] = Told(b"x" * 100, drip=(1, 0.05))
        async with Fetcher(dataclasses.replace(QUICK, page_seconds=0.4, attempts=1)) as fetcher:
            assert (await refused(fetcher, site.url + "/")).code == "TOO_SLOW"

    async def test_silence(self, site: LocalServer) -> None:
        site.pages["/"] = Told(b"xx", drip=(1, 3))
        async with Fetcher(dataclasses.replace(QUICK, silence_seconds=0.2, attempts=1)) as fetcher:
            assert (await refused(fetcher, site.url + "/")).code == "TOO_SLOW"

    async def test_tls_that_is_not_trusted(self, certificate: ssl.SSLContext) -> None:
        secure = LocalServer()
        await secure.start(certificate)
        async with Fetcher(QUICK) as fetcher:
            failure = await refused(fetcher, f"https://127.0.0.1:{secure.port}/")
            assert failure.code == "TLS_FAILED"
            assert "certificate" in failure.sentence or "self" in failure.sentence
        await secure.stop()


class TestPatience:
    async def test_retry_after_is_kept(self, site: LocalServer, fetcher: Fetcher) -> None:
        answers = iter([Told(status=429, headers={"Retry-After": "1"}), Told(b"now")])
        site.pages["/"] = lambda _asked: next(answers)
        began = time.monotonic()
        assert (await got(fetcher, site.url + "/")).body == b"now"
        assert 0.95 < time.monotonic() - began < 3

    async def test_a_long_retry_after_is_told_not_waited_for(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/"] = Told(status=503, headers={"Retry-After": "3600"})
        failure = await refused(fetcher, site.url + "/")
        assert (failure.code, failure.retry_after, len(site.asked)) == ("HTTP_503", 3600, 1)

    async def test_faults_of_the_server_are_tried_a_few_times(self, site: LocalServer, fetcher: Fetcher) -> None:
        site.pages["/"] = Told(status=500)
        assert (await refused(fetcher, site.url + "/")).code == "HTTP_500"
        assert len(site.asked) == QUICK.attempts

    @pytest.mark.parametrize("status", [403, 406])
    async def test_a_first_request_that_is_refused_is_asked_once_more(
        self, site: LocalServer, fetcher: Fetcher, status: int
    ) -> None:
        site.pages["/"] = lambda _: Told(status=status) if len(site.asked) == 1 else Told(b"x")
        assert (await got(fetcher, site.url + "/")).body == b"x"
        site.pages["/"] = Told(status=status)
        assert (await refused(fetcher, site.url + "/")).code == f"HTTP_{status}"
        assert len(site.asked) == 4

    async def test_one_host_is_asked_no_faster_than_the_rules_say(self, site: LocalServer) -> None:
        async def resolver(_host: str, _port: int) -> list[str]:
            return ["127.0.0.1"]

        site.pages["/"] = "x"
        async with Fetcher(dataclasses.replace(QUICK, host_delay=0.15), resolver=resolver) as fetcher:
            began = time.monotonic()
            for _ in range(4):
                await fetcher.get(f"http://careers.example:{site.port}/")
        assert time.monotonic() - began >= 0.45

    @pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("", None), ("soon", None), ("-5", None)])
    def test_what_retry_after_means(self, header: str, seconds: float | None) -> None:
        assert retry_after(header) == seconds

    @given(st.text(max_size=40))
    def test_no_retry_after_raises(self, header: str) -> None:
        retry_after(header)

import asyncio
import os
import signal
import sys

import pytest

from koprogo.documents.rendering.process import RenderingProcess
from koprogo.documents.rendering.refusals import DocumentNotRenderable, RenderingUnavailable

from . import samples
from .reading import RENDERED_AT, printed


@pytest.fixture
async def rendering():
    process = RenderingProcess()
    yield process
    await process.aclose()


class TestARenderingProcess:
    async def test_answers_what_rendering_here_would(self, rendering):
        request = samples.convocation("fr")
        assert await rendering.render(request, RENDERED_AT) == printed(request)

    async def test_keeps_one_child_for_documents_that_come_together(self, rendering):
        requests = [samples.convocation(language) for language in ("fr", "nl", "de")]
        documents = await asyncio.gather(*(rendering.render(request, RENDERED_AT) for request in requests))
        assert documents == [printed(request) for request in requests]
        first = rendering.pid
        await rendering.render(requests[0], RENDERED_AT)
        assert rendering.pid == first

    async def test_survives_a_killed_worker(self, rendering):
        request = samples.convocation("nl")
        await rendering.render(request, RENDERED_AT)
        first = rendering.pid
        os.kill(first, signal.SIGKILL)
        assert await rendering.render(request, RENDERED_AT) == printed(request)
        assert rendering.pid != first

    async def test_survives_a_worker_killed_while_it_renders(self, rendering):
        request = samples.minutes("nl")
        await rendering.render(samples.convocation("nl"), RENDERED_AT)
        waiting = asyncio.create_task(rendering.render(request, RENDERED_AT))
        await asyncio.sleep(0.05)
        os.kill(rendering.pid, signal.SIGKILL)
        assert await waiting == printed(request)

    async def test_refuses_a_bad_document_and_lives(self, rendering):
        bad = samples.convocation("nl")
        bad.language = "es"
        with pytest.raises(DocumentNotRenderable, match="'es'"):
            await rendering.render(bad, RENDERED_AT)
        first = rendering.pid
        request = samples.convocation("nl")
        assert await rendering.render(request, RENDERED_AT) == printed(request)
        assert rendering.pid == first

    async def test_does_not_mix_answers_after_a_cancelled_request(self, rendering):
        await rendering.render(samples.convocation("nl"), RENDERED_AT)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(rendering.render(samples.minutes("nl"), RENDERED_AT), 0.05)
        request = samples.convocation("fr")
        assert await rendering.render(request, RENDERED_AT) == printed(request)


class TestAWorkerThatFails:
    async def test_is_tried_twice_when_it_does_not_answer(self, tmp_path):
        starts = tmp_path / "starts"
        code = f"import time; open({str(starts)!r}, 'a').write('x'); time.sleep(60)"
        process = RenderingProcess(timeout_seconds=0.5, command=(sys.executable, "-c", code))
        with pytest.raises(RenderingUnavailable, match="did not answer"):
            await process.render(samples.convocation("fr"), RENDERED_AT)
        assert starts.read_text() == "xx"
        assert process.pid is None

    async def test_is_tried_twice_when_it_dies(self):
        process = RenderingProcess(command=(sys.executable, "-c", "pass"))
        with pytest.raises(RenderingUnavailable, match="died"):
            await process.render(samples.convocation("fr"), RENDERED_AT)


class TestAWorkerThatIsDone:
    async def test_leaves_when_idle(self):
        process = RenderingProcess(idle_seconds=0.1)
        await process.render(samples.convocation("fr"), RENDERED_AT)
        assert process.pid is not None
        await asyncio.sleep(2)
        assert process.pid is None

    async def test_leaves_after_its_number_of_documents(self):
        process = RenderingProcess(documents_per_child=1)
        await process.render(samples.convocation("fr"), RENDERED_AT)
        assert process.pid is None

    async def test_leaves_when_it_holds_too_much_memory(self):
        process = RenderingProcess(most_resident_bytes=1)
        await process.render(samples.convocation("fr"), RENDERED_AT)
        assert process.pid is None

    async def test_sees_no_password_of_the_service(self, monkeypatch, tmp_path):
        monkeypatch.setenv("KOPROGO_DATABASE", "secret")
        seen = tmp_path / "seen"
        code = f"import os; open({str(seen)!r}, 'w').write(repr(dict(os.environ)))"
        process = RenderingProcess(command=(sys.executable, "-c", code))
        with pytest.raises(RenderingUnavailable):
            await process.render(samples.convocation("fr"), RENDERED_AT)
        assert "secret" not in seen.read_text()


class TestTheServiceProcess:
    async def test_loads_neither_weasyprint_nor_templates(self):
        code = (
            "import sys, koprogo.documents.rendering.process;"
            "print([name for name in ('weasyprint', 'jinja2', 'babel') if name in sys.modules])"
        )
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        output, _ = await child.communicate()
        assert output.decode().strip() == "[]"

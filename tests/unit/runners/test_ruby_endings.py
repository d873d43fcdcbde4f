"""How Ruby handlers may end, and what they may not take with them: raise, exit, throw, threads, forks, output."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.runners.ruby_core import MARKS, Core, Refusal, event, returning

pytestmark = MARKS


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with Core(tmp_path, {}) as core:
        yield core


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("exit", "Exit"),
        ("exit! if false; abort 'gone'", "Exit"),
        ("Process.exit(2)", "Exit"),
        ("throw :nobody", "UncaughtThrowError"),
        ("raise NoMemoryError, 'full'", "NoMemoryError"),
        ("def deep = deep\ndeep", "SystemStackError"),
        ("Thread.current.kill", "MotiaRunner::Invoke::ThreadKilled"),
        ("Thread.exit", "MotiaRunner::Invoke::ThreadKilled"),
        ("class Mine < StandardError; def code = 'E_MINE'; end\nraise Mine, 'x'", "Mine"),
        ("nil.foo", "NoMethodError"),
        ("raise Exception, 'all'", "Exception"),
        ("raise Interrupt", "Interrupt"),
        ("proc { return 5 }.call.foo", None),
    ],
)
def test_a_handler_takes_only_itself_down(core: Core, expression: str, name: str | None) -> None:
    if expression.startswith("class"):
        (core.folder / "steps").mkdir()
        head, tail = expression.rsplit("\n", 1)
        (core.folder / "steps/e_step.rb").write_text(f"{head}\n" + event(f"def handler(_)\n{tail}\nend\n"))
        with pytest.raises(Refusal) as refused:
            core.run("steps/e_step.rb")
        assert refused.value.data["code"] == "E_MINE"
        assert "steps/e_step.rb" in refused.value.data["stack"]
        assert "motia_runner" not in refused.value.data["stack"]
    elif name is None:
        assert returning(core, "ends", expression) == 5
    else:
        with pytest.raises(Refusal) as refused:
            returning(core, "ends", expression)
        assert (refused.value.code, refused.value.data["name"]) == (1001, name)
    assert returning(core, "after", "input", 5) == 5


def test_exit_in_a_thread_of_a_step_leaves_the_worker_alone(core: Core) -> None:
    assert returning(core, "thread", 'Thread.new { exit 4 }\nsleep 0.05\n"alive"') == "alive"
    assert (
        returning(core, "abort", 't = Thread.new { raise "t" }\nt.report_on_exception = false\nsleep 0.01\n"alive"')
        == "alive"
    )
    assert core.ask("ping", {}) == {}


def test_cancel_interrupts_a_waiting_call_once(tmp_path: Path) -> None:
    body = """
    def handler(_, context)
      context.logger.info("begun")
      context.state.get("slow", "k")
    rescue => error
      raise "swallowed #{error.class}"
    ensure
      context.state.set("cleaned", "k", context.cancelled?)
    end
    """
    with Core(tmp_path, {"steps/a_step.rb": event(body)}) as core:
        number = core.start("steps/a_step.rb")
        while True:
            line = core.worker.line()
            if b"state.get" in line:
                break
        core.cancel(core.invocation, "deadline")
        with pytest.raises(Refusal) as refused:
            core.wait(number)
        assert refused.value.code == -32800
        assert core.state["cleaned"]["k"] is True


def test_threads_of_a_step_belong_to_it(core: Core) -> None:
    expression = """
    Thread.new { puts "from a thread"; context.state.set("g", "k", 1) }
    Thread.start { $stderr.puts "from another" }
    Thread.new { sleep }
    "done"
    """
    assert returning(core, "threads", expression) == "done"
    assert core.state["g"]["k"] == 1
    lines = {(one["msg"], one["source"], one.get("invocation")) for one in core.logs}
    assert {("from a thread", "stdout", "i11"), ("from another", "stderr", "i11")} <= lines


def test_everything_printed_the_ruby_way_is_a_log_line_of_the_step(core: Core) -> None:
    expression = r"""
    puts "puts", ["a"]
    print "pri", "nt\n"
    p({ a: 1 })
    pp [1]
    printf("%d\n", 5)
    putc "x"
    $stdout << "y" << "\n"
    $stdout.write("w1", "w2\n")
    STDOUT.puts "const"
    warn "warned"
    STDERR.puts "err"
    $stdout.flush.sync = true
    $stdout.print "rest without an end"
    $stdout.tty?
    """
    assert returning(core, "prints", expression) is False
    assert [(one["msg"], one["source"]) for one in core.logs] == [
        ("puts", "stdout"),
        ("a", "stdout"),
        ("print", "stdout"),
        ("{:a=>1}", "stdout"),
        ("[1]", "stdout"),
        ("5", "stdout"),
        ("xy", "stdout"),
        ("w1w2", "stdout"),
        ("const", "stdout"),
        ("warned", "stderr"),
        ("err", "stderr"),
        ("rest without an end", "stdout"),
    ]
    assert all(one["invocation"] == "i11" for one in core.logs)


def test_many_handlers_wait_at_once_and_threads_come_clean(tmp_path: Path) -> None:
    body = """
    def handler(input)
      dirty = [Thread.current[:left], Thread.current.thread_variable_get(:left)]
      Thread.current[:left] = Thread.current.thread_variable_set(:left, 1)
      sleep 0.1
      [input, dirty]
    end
    """
    with Core(tmp_path, {"steps/a_step.rb": event(body)}) as core:
        core.run("steps/a_step.rb", -1)
        begun = time.monotonic()
        numbers = [core.start("steps/a_step.rb", at) for at in range(40)]
        values = [core.wait(number)["value"] for number in numbers]
        assert values == [[at, [None, None]] for at in range(40)]
        assert time.monotonic() - begun < 40 * 0.1


def test_timeouts_around_calls_leave_the_wire_whole(core: Core) -> None:
    core.refusals["state.get"] = []
    expression = """
    require "timeout"
    200.times do |at|
      Timeout.timeout(0.0005) { loop { context.state.set("g", "k", "x" * 2000) } }
    rescue Timeout::Error
      nil
    end
    context.state.set("g", "k", "whole")
    """
    assert returning(core, "timeouts", expression) == "whole"


def test_a_forked_child_keeps_off_the_wire(core: Core) -> None:
    expression = """
    reader, writer = IO.pipe
    child = fork do
      puts "from the child"
      begin
        context.state.get("g", "k")
      rescue Exception => error
        writer.write error.class
      end
      exit!(0)
    end
    writer.close
    Process.wait(child)
    reader.read
    """
    assert returning(core, "forks", expression) == "Motia::Error"
    assert core.calls == []


def test_a_log_line_longer_than_a_frame_is_cut(tmp_path: Path) -> None:
    body = 'def handler(_, context) = context.logger.info("x" * 100_000, big: "y" * 100_000)\n'
    with Core(tmp_path, {"steps/a_step.rb": event(body)}, frame=70_000) as core:
        core.run("steps/a_step.rb")
        assert core.logs[0]["msg"] == "x" * 1000 + "… (cut)"


def test_a_second_cancel_does_not_disturb_the_cleaning_up(tmp_path: Path) -> None:
    body = """
    def handler(_, context)
      context.state.get("slow", "first")
    ensure
      context.state.get("slow", "second")
    end
    """
    with Core(tmp_path, {"steps/a_step.rb": event(body)}) as core:
        number = core.start("steps/a_step.rb")
        for _ in range(2):
            line = core.worker.line()
            assert line is not None and b"state.get" in line
            core.cancel(core.invocation)
        core.ask("ping", {})
        core.worker.ask({"id": json.loads(line)["id"], "result": {"value": 1}})
        with pytest.raises(Refusal) as refused:
            core.wait(number)
        assert refused.value.code == -32800

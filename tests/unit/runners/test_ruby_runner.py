"""The Ruby runner, driven as a real process: the guide's program, middleware, transactions, the process itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.runners.ruby_core import MARKS, Core, Refusal, event, returning

pytestmark = MARKS


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with Core(tmp_path, {}) as core:
        yield core


REPORT = """
require 'csv'
require 'json'

def config
  {
    type: 'event',
    name: 'GenerateReport',
    subscribes: ['analytics.generated'],
    emits: ['report.generated'],
    input: {
      totalOrders: 'number',
      weeklyOrders: 'number',
      topProducts: 'object'
    }
  }
end

def handler(analytics_data, context)
  logger = context[:logger]
  emit = context[:emit]
  state = context[:state]

  begin
    logger.info("Generating CSV report from analytics")

    # Generate CSV report
    csv_data = CSV.generate do |csv|
      csv << ['Metric', 'Value']
      csv << ['Total Orders', analytics_data['totalOrders']]
      csv << ['Weekly Orders', analytics_data['weeklyOrders']]
      csv << ['Average Order Value', analytics_data['averageOrderValue']]

      # Add top products
      analytics_data['topProducts'].each do |product, count|
        csv << ["Product #{product}", count]
      end
    end

    # Generate HTML report
    html_report = generate_html_template(analytics_data)

    report = {
      id: SecureRandom.uuid,
      csv_data: csv_data,
      html_report: html_report,
      generated_at: Time.now.iso8601
    }

    state.set('reports', report[:id], report)
    emit.call(topic: 'report.generated', data: report)

    logger.info("Report generated successfully", report_id: report[:id])

  rescue => error
    logger.error("Report generation failed", error: error.message)
    emit.call(topic: 'report.failed', data: { error: error.message })
  end
end

private

def generate_html_template(data)
  <<~HTML
    <html>
    <head><title>Analytics Report</title></head>
    <body>
      <h1>Weekly Analytics Report</h1>
      <p>Total Orders: #{data['totalOrders']}</p>
      <p>Weekly Orders: #{data['weeklyOrders']}</p>
      <p>Generated: #{Time.now.strftime('%Y-%m-%d %H:%M:%S')}</p>
    </body>
    </html>
  HTML
end
"""


def test_the_report_step_of_the_guide_runs_as_written(tmp_path: Path) -> None:
    with Core(tmp_path, {"steps/generate_report.step.rb": REPORT}) as core:
        (report,) = core.describe("steps/generate_report.step.rb")
        assert report["steps"][0]["config"]["input"]["properties"]["topProducts"] == {"type": "object"}
        data = {"totalOrders": 9, "weeklyOrders": 2, "averageOrderValue": 1.5, "topProducts": {"tea": 4, "size": 1}}
        assert core.run("steps/generate_report.step.rb", data) is None
        (stored,) = core.state["reports"].values()
        assert stored["csv_data"].splitlines()[-2:] == ["Product tea,4", "Product size,1"]
        assert "Total Orders: 9" in stored["html_report"]
        assert core.named("events.emit")[0]["data"] == stored
        assert core.logs[-1]["fields"] == {"report_id": stored["id"]}


def test_middleware_wraps_in_order_and_may_change_everything(tmp_path: Path) -> None:
    step = """
    def config = { type: "api", name: "n", method: "POST", path: "/p", middleware: [:outer, method(:inner), Guard] }
    class Guard
      def self.call(req, _context, next_fn)
        return { status: 401, body: "no" } if req.headers["x-deny"]
        next_fn.(req.merge("extra" => "e"))
      end
    end
    def outer(req, context, next_fn)
      req.user = "ann"
      context[:trail] = ["outer"]
      response = next_fn.call
      response.headers["X-Trail"] = context[:trail].join(",") if response.headers
      response
    rescue Motia::ValidationError => error
      { status: 422, body: error.issues.map(&:path) }
    end
    def inner(req, context)
      context[:trail] << "inner"
      yield
    end
    def handler(req, context) = { status: 200, headers: {}, body: [req.user, req.extra, context[:trail]] }
    """
    with Core(tmp_path, {"steps/a_step.rb": step}) as core:
        response = core.api("steps/a_step.rb")
        assert response["body"] == ["ann", "e", ["outer", "inner"]]
        assert response["headers"] == {"X-Trail": "outer,inner"}
        denied = core.api(
            "steps/a_step.rb", headers={"x-deny": "1"}, issues=[{"path": "a", "message": "m", "code": "c"}]
        )
        assert denied["status"] == 401
        invalid = core.api("steps/a_step.rb", issues=[{"path": "a", "message": "m", "code": "c"}])
        assert (invalid["status"], invalid["body"]) == (422, ["a"])


def test_a_transaction_sees_itself_and_runs_again_on_conflict(core: Core) -> None:
    core.state["acc"] = {"a": {"n": 1, "list": [1]}, "b": 2}
    core.refusals["transaction.commit"] = [{"code": 1010, "message": "conflict"}]
    expression = """
    runs = 0
    context.transaction do |tx|
      runs += 1
      account = tx.state.get("acc", "a")
      account.n += 1
      tx.state.set("acc", "a", account)
      account.n = 99
      tx.state.update("acc", "a", { op: :append, path: "list", value: 2 })
      tx.state.delete("acc", "b")
      stored = tx.state.set_if_absent("acc", "c", 3)
      again = tx.state.compare_and_set("acc", "c", 4, 5)
      tx.streams.todo.set("g", "1", { x: 1 })
      tx.emit(topic: "done", data: {})
      context.transaction { context.state.set("acc", "inner", 1) }
      [runs, tx.state.get("acc", "a"), stored.stored, again.stored, tx.state.get_group("acc").keys,
       tx.streams.todo.get("g", "1"), tx.state.clear("acc"), tx.state.keys("acc")]
    end
    """
    value = returning(core, "transaction", expression)
    assert value == [2, {"n": 2, "list": [1, 2]}, True, False, ["a", "c", "inner"], {"x": 1, "id": "1"}, None, []]
    first, second = core.named("transaction.commit")
    assert [{**one, "version": "1"} for one in first["reads"]] == second["reads"]
    assert [one["method"] for one in second["writes"]] == [
        "state.set",
        "state.set",
        "state.delete",
        "state.set",
        "streams.set",
        "events.emit",
        "state.set",
        "state.clear",
    ]
    assert second["writes"][0]["params"]["value"] == {"n": 2, "list": [1]}


def test_an_error_inside_a_transaction_sends_nothing(core: Core) -> None:
    with pytest.raises(Refusal, match="no"):
        returning(core, "failing", 'context.transaction { context.state.set("g", "k", 1); raise "no" }')
    assert core.calls == []


def test_a_worker_that_computes_dies_with_its_core(tmp_path: Path) -> None:
    body = 'def handler(_)\n  puts "computing"\n  nil while true\nend\n'
    for cut in ("lifeline", "input", "term"):
        with Core(tmp_path, {"steps/a_step.rb": event(body)}) as core:
            core.start("steps/a_step.rb")
            while not core.logs:
                core.step()
            match cut:
                case "lifeline":
                    core.worker.cut_lifeline()
                case "input":
                    core.worker.close_input()
                case _:
                    os.kill(core.worker.process.pid, signal.SIGTERM)
            core.worker.exit_code(5)


def test_shutdown_runs_at_exit_and_ends_with_zero(tmp_path: Path) -> None:
    mark = tmp_path / "left"
    with Core(
        tmp_path, {"steps/a_step.rb": f"at_exit {{ File.write({str(mark)!r}, 'x') }}\n" + event("def handler(i) = i")}
    ) as core:
        core.run("steps/a_step.rb", 1)
        assert core.ask("shutdown", {"graceMs": 1000}) == {}
        assert core.worker.exit_code() == 0
    assert mark.exists()

# frozen_string_literal: true

# What step authors may `require "motia"`. The worker has it loaded already, so requiring it is optional.
#
# Owns the words authors meet: errors, records, groups, requests. It never talks to the wire; inside a worker the
# runner sets `Motia.running`, elsewhere (a spec, a script) there is no running step.

require_relative "motia/errors"
require_relative "motia/record"
require_relative "motia/group"
require_relative "motia/request"

module Motia
  VERSION = "1.0.0a1"

  class << self
    # A callable that returns the context of the step running on this thread, or nil. The runner sets it.
    attr_writer :running

    # The context of the step that runs on this thread, or nil.
    def context = @running&.call

    # Enqueues `data` for one step by its name; a cron step runs now. Answers `{id, trace_id}`.
    def trigger(step, data = nil) = current("Motia.trigger").trigger(step, data)

    # Counts by step: runs, failures, durations in ms, what waits and what is dead.
    def stats = current("Motia.stats").stats

    def logger = current("Motia.logger").logger

    private

    def current(name) = context || raise(Error, "#{name} works only while a step runs")
  end
end

# `motia.trigger("step-id", data)` in a step file, as in every language.
module Kernel
  private

  def motia = ::Motia
end

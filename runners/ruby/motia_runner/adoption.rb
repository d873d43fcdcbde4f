# frozen_string_literal: true

# Tells the unit being loaded of every class body that begins, so that the body may call the step's own methods.

require "monitor"

module MotiaRunner
  module Adoption
    @depth = 0
    @lock = Monitor.new
    @point = TracePoint.new(:class) { |point| Requires.unit&.adopt(point.self) }

    def self.during
      @lock.synchronize { @point.enable if (@depth += 1) == 1 }
      yield
    ensure
      @lock.synchronize { @point.disable if (@depth -= 1).zero? }
    end
  end
end

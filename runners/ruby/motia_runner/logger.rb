# frozen_string_literal: true

# `context.logger`: `info(message, fields)` and its kin. A log line never raises because of what is logged.

module MotiaRunner
  class Logger
    def initialize(invocation)
      @invocation = invocation
      @listeners = []
    end

    # `listener.call(level, message, fields)` for every line, here only.
    def add_listener(listener = nil, &block)
      @listeners << (listener || block)
      nil
    end
    alias addListener add_listener

    { debug: "debug", info: "info", warn: "warn", warning: "warn", error: "error", fatal: "error" }.each do |name, level|
      define_method(name) do |message = nil, fields = nil, **named, &block|
        write(level, message.nil? && block ? block.call : message, fields, named)
      end
      define_method("#{name}?") { true }
    end

    def log(message = nil, fields = nil, **named) = info(message, fields, **named)

    private

    def write(level, message, fields, named)
      found = gather(fields)
      named.each { |key, value| found[key.to_s] = value }
      if message.is_a?(Exception)
        found["error"] ||= message
        message = Failures.message(message)
      end
      message = message.is_a?(String) ? Values.text(message) : describe(message)
      @listeners.each { |listener| listener.call(level, message, found) }
      @invocation.log(level, message, Values.pack_leniently(found))
      nil
    end

    def gather(fields)
      case fields
      when nil then {}
      when Hash then fields.transform_keys(&:to_s)
      when Exception then { "error" => fields }
      else { "data" => fields }
      end
    end

    def describe(message) = message.nil? ? "" : Values.text(message.is_a?(Symbol) ? message : message.inspect)
  end
end

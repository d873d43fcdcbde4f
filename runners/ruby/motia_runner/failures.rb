# frozen_string_literal: true

# Errors as values: `{name, message, stack, code?, cause?}`. Owns which frames a stack shows (the runner's own never)
# and how names lose the namespace a step was loaded into.

module MotiaRunner
  module Failures
    OWN = File.join(__dir__, "")
    NAMESPACE = "MotiaSteps"
    WRAPPED = /\b#{NAMESPACE}::\w+::/.freeze
    DEEPEST_CAUSE = 5

    # Many messages of Ruby's own are ASCII in a String marked as binary, which would go out as bytes.
    module TextMessages
      def message = Failures.as_text(super)
      def to_s = Failures.as_text(super)
    end

    module_function

    def as_text(message)
      return message unless message.is_a?(String) && message.encoding == Encoding::BINARY

      text = message.dup.force_encoding(Encoding::UTF_8)
      text.valid_encoding? ? text : message
    end

    def describe(error, depth = 0)
      found = { "name" => name(error.class), "message" => message(error), "stack" => stack(error) }
      code = error.respond_to?(:code) && error.method(:code).arity.between?(-1, 0) ? error.code : nil
      found["code"] = code if code.is_a?(Integer) || code.is_a?(String)
      found["cause"] = describe(error.cause, depth + 1) if error.cause && depth < DEEPEST_CAUSE
      found
    end

    def name(type) = (type.name || type.to_s).gsub(WRAPPED, "")

    # With Ruby's hint (loaded when first needed), without its code excerpt: the stack names the line.
    def message(error)
      require "did_you_mean" if error.is_a?(NameError) || error.is_a?(KeyError)
      text = error.message.to_s
      own = error.respond_to?(:original_message) ? error.original_message.to_s : text
      hint = text[/^Did you mean\?.*/]
      text = hint && !own.include?(hint) ? "#{own}\n#{hint}" : own
      Values.text(text).gsub(WRAPPED, "")
    rescue StandardError => failed
      "(its message raised #{failed.class})"
    end

    def stack(error, depth = 0)
      frames = trim(error.backtrace || [])
      text = Values.text(["#{name(error.class)}: #{message(error)}", *frames.map { |frame| "    at #{frame}" }].join("\n"))
      error.cause && depth < DEEPEST_CAUSE ? "#{text}\nCaused by: #{stack(error.cause, depth + 1)}" : text
    end

    def trim(frames)
      frames.reject { |frame| frame.start_with?(OWN) || frame.start_with?("<internal:") }
    end

    # The line of `path` an error points at: the innermost frame in that file.
    def line(error, path)
      frames = error.is_a?(SyntaxError) ? [error.message.to_s, *error.backtrace] : error.backtrace
      (frames || []).each { |frame| return Regexp.last_match(1).to_i if frame =~ /\A#{Regexp.escape(path)}:(\d+)/ }
      nil
    end
  end
end

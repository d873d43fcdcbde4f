# frozen_string_literal: true

# The errors authors can rescue. `code` is the number of runners/PROTOCOL.md.
#
#   Motia::Error
#   ├── ValidationError       the input breaks the step's schema; has `issues`
#   ├── TransactionConflict   what a transaction read has changed, three times over
#   ├── PayloadRefused        too large, too deep, or without a form in JSON
#   ├── BacklogFull           too many deliveries wait
#   ├── InvocationEnded       a call in the name of a step that has ended
#   ├── UnknownTarget         no such step or stream
#   ├── ClientGone            nobody reads the streamed response any more
#   └── StoreFailed
#   Motia::Cancelled          no StandardError: a bare `rescue` must not swallow it

module Motia
  class Error < StandardError
    attr_reader :code, :data

    def initialize(message = nil, code: nil, data: nil)
      super(message)
      @code = code || self.class.code
      @data = data
    end

    def self.code = -32603

    # The class that speaks for a code of the wire.
    def self.for(code, message, data = nil)
      (CODES[code] || Error).new(message, code: code, data: data)
    end
  end

  class ValidationError < Error
    def self.code = 1002

    # What is wrong: a list of `{path, message, code}`.
    def issues = (@data.is_a?(Hash) && (@data["issues"] || @data[:issues])) || []
  end

  class TransactionConflict < Error
    def self.code = 1010
  end

  class PayloadRefused < Error
    def self.code = 1012
  end

  class BacklogFull < Error
    def self.code = 1013
  end

  class InvocationEnded < Error
    def self.code = 1014
  end

  class UnknownTarget < Error
    def self.code = 1015
  end

  class ClientGone < Error
    def self.code = 1016
  end

  class StoreFailed < Error
    def self.code = 1018
  end

  class Error
    CODES = [ValidationError, TransactionConflict, PayloadRefused, BacklogFull, InvocationEnded, UnknownTarget,
             ClientGone, StoreFailed].to_h { |type| [type.code, type] }.freeze
  end

  # The invocation was cancelled (deadline, client gone, shutdown). Raised once in every thread that calls the context.
  class Cancelled < Exception # rubocop:disable Lint/InheritException
    attr_reader :reason

    def initialize(reason = "user")
      super("the invocation was cancelled (#{reason})")
      @reason = reason
    end
  end
end

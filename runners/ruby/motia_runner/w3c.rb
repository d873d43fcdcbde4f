# frozen_string_literal: true

# The trace context of an invocation as W3C writes it, for requests to others. Pure. An id that has the right form is
# itself; any other is the beginning of its SHA-256: the core tells them the same way.

require "digest"

module MotiaRunner
  module W3C
    def self.traceparent(trace_id, invocation, sampled)
      "00-#{hex(trace_id, 32)}-#{hex(invocation, 16)}-#{sampled ? '01' : '00'}"
    end

    def self.hex(id, digits)
      id.match?(/\A(?!0+\z)[0-9a-f]{#{digits}}\z/) ? id : Digest::SHA256.hexdigest(id)[0, digits]
    end
    private_class_method :hex
  end
end

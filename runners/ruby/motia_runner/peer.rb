# frozen_string_literal: true

# JSON-RPC over the wire: tells requests from replies, keeps the calls that wait, makes the lines of answers.
# Its reading side never writes: what must be refused is handed to a thread.

require_relative "values"
require_relative "wire"

module MotiaRunner
  class Peer
    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL_ERROR = -32603
    NOT_INITIALIZED = -32002
    CANCELLED = -32800
    HANDLER_FAILED = 1001
    STEP_UNAVAILABLE = 1003
    PAYLOAD_REFUSED = 1012
    DRAINING = 1019

    # `threads` take what must not be done while reading.
    def initialize(wire, threads)
      @wire = wire
      @threads = threads
      @pending = {}
      @last = 0
      @lock = Mutex.new
    end

    # Yields (id, method, params, special?) for requests and notifications (id nil). Returns at the end of the wire.
    def listen(&block)
      @wire.each_line(@threads) do |line|
        line.is_a?(String) ? read(line, &block) : oversize(line)
      rescue StandardError => error
        refuse(nil, INTERNAL_ERROR, "#{error.class}: #{error.message}")
      end
    end

    # Sends a call; its reply is pushed to `slot` as [result, error, special?].
    def call(method, params, slot)
      id = @lock.synchronize do
        @pending[@last += 1] = slot
        @last
      end
      line = %({"jsonrpc":"2.0","id":#{id},"method":"#{method}","params":#{params}}\n)
      if line.bytesize > Values.limits["frame"]
        forget(id)
        raise Motia::PayloadRefused, "#{method}: #{too_long(line)}"
      end
      @wire.send(line)
      id
    end

    # Nobody waits for call `id` any more: its answer will be dropped.
    def forget(id) = @lock.synchronize { @pending.delete(id) }

    def notify(method, params)
      line = %({"jsonrpc":"2.0","method":"#{method}","params":#{params}}\n)
      @wire.send(line) if line.bytesize <= Values.limits["frame"]
      line.bytesize <= Values.limits["frame"]
    end

    def reply(id, result)
      line = %({"jsonrpc":"2.0","id":#{id},"result":#{result}}\n)
      if line.bytesize > Values.limits["frame"]
        return fail(id, PAYLOAD_REFUSED, "the answer: #{too_long(line)}")
      end

      @wire.send(line)
    end

    def fail(id, code, message, data = nil)
      error = { "code" => code, "message" => Values.text(message) }
      error["data"] = Values.pack_leniently(data) unless data.nil?
      @wire.send(%({"jsonrpc":"2.0","id":#{id || 'null'},"error":#{Values.generate(error)}}\n))
    end

    private

    def too_long(line) = "a message of #{line.bytesize} bytes, #{Values.limits['frame']} are allowed"

    def read(line)
      unless line.start_with?("{")
        refuse(nil, INVALID_REQUEST, "batches are not supported") if line.b.match?(/\A\[.*"jsonrpc".*\]\z/n)
        return
      end
      return refuse(nil, PARSE_ERROR, "not UTF-8") unless line.valid_encoding?
      return deep(line) if Values.too_deep?(line)

      message = parse(line)
      return refuse(nil, PARSE_ERROR, "not a JSON-RPC message") unless message

      id = message["id"]
      if (method = message["method"]).is_a?(String) && (id.is_a?(Integer) || !message.key?("id"))
        params = message.fetch("params", {})
        return refuse(id, INVALID_PARAMS, "#{method}: params must be an object") unless params.is_a?(Hash)

        yield(id, method, params, Values.special?(line))
      elsif id.is_a?(Integer) && (message.key?("result") ^ message.key?("error"))
        settle(id, message["result"], message["error"], Values.special?(line))
      elsif !message.key?("error")
        refuse(id.is_a?(Integer) ? id : nil, INVALID_REQUEST, "neither a request nor a reply")
      end
    end

    def parse(line)
      JSON.parse(line, max_nesting: false)
    rescue JSON::ParserError
      nil
    end

    def settle(id, result, error, special)
      slot = @lock.synchronize { @pending.delete(id) }
      slot&.push([result, error, special])
    end

    def oversize(line)
      beyond(line.prefix, "a message of #{line.size} bytes, #{Values.limits['frame']} are allowed")
    end

    def deep(line)
      beyond(line, "the JSON is nested deeper than #{Values.limits['depth']} levels")
    end

    # A line that will not be read is answered by the id at its beginning.
    def beyond(line, why)
      line = line.b
      id = line[/"id"\s*:\s*(\d{1,18})\s*[,}]/n, 1] or return
      if line.match?(/"method"\s*:\s*"/n)
        refuse(id.to_i, PAYLOAD_REFUSED, why)
      else
        settle(id.to_i, nil, { "code" => PAYLOAD_REFUSED, "message" => why }, false)
      end
    end

    def refuse(id, code, message) = @threads.post { fail(id, code, message) }
  end
end

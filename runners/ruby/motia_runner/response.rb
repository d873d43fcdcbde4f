# frozen_string_literal: true

# What a handler returned → the HTTP answer (dialect a): which hashes are envelopes, which kind a body is, and bodies
# that are streamed chunk by chunk, each waiting for the credit of the one before.

require_relative "server_sent"

module MotiaRunner
  class Response
    ENVELOPE = %w[status headers body].freeze
    PIECE = 64 * 1024

    # What `next_fn` answers to middleware: a returned hash readable by string, symbol and method.
    def self.open(result)
      return result unless result.is_a?(Hash)

      opened = result.each_with_object(Motia::Record.new) { |(key, value), record| record[key] = value }
      opened["headers"] = Motia::Record[Response.headers(opened["headers"])] if opened.key?("headers")
      opened
    end

    # Symbols are written with dashes: `content_type:`.
    def self.headers(given)
      return {} if given.nil?

      given.to_h.each_with_object({}) do |(name, value), found|
        next if value.nil?

        name = name.is_a?(Symbol) ? name.name.tr("_", "-") : Values.text(name)
        found[name] = value.is_a?(Array) ? value.compact.map { |one| Values.text(one) } : Values.text(value)
      end
    end

    def initialize(invocation)
      @invocation = invocation
    end

    def of(result)
      return nothing if result.nil?

      status, parts = envelope(result)
      return answer(200, {}, result, "text/plain", "result") unless status

      headers = Response.headers(parts["headers"])
      return { "status" => status, "headers" => headers, "kind" => "none" } unless parts.key?("body")

      answer(status, headers, parts["body"], "text/html", "result.body")
    end

    private

    def nothing
      @invocation.log("warn", "the handler returned nothing: answered 204", {})
      { "status" => 204, "headers" => {}, "kind" => "none" }
    end

    # [status, headers, body?, body] when `result` is an envelope, else nil.
    def envelope(result)
      result = result.to_h if result.is_a?(Struct) && result.members.include?(:status)
      return unless result.is_a?(Hash)

      found = {}
      others = nil
      result.each do |key, value|
        name = key.is_a?(Symbol) ? key.name : key
        ENVELOPE.include?(name) ? found[name] = value : (others ||= []) << name
      end
      status = status(found["status"])
      warn_of(others) if status && others
      status ||= 200 if found.key?("body") && !found.key?("status") && !others
      status && [status, found]
    end

    def warn_of(others)
      @invocation.log("warn", "a response has status, headers and body; ignored: #{others.join(', ')}", {})
    end

    def status(value)
      value = value.to_i if value.is_a?(String) && value.match?(/\A[1-5]\d\d\z/)
      value if value.is_a?(Integer) && value.between?(100, 599)
    end

    def answer(status, headers, body, type, name)
      return stream(status, headers, body) if streamed?(body)

      kind, packed =
        if body.is_a?(String) then body.encoding == Encoding::BINARY ? bytes(body) : ["text", Values.text(body)]
        elsif buffer?(body) then bytes(body.transform_keys(&:to_s)["data"].pack("C*"))
        else ["json", Values.pack_plain(body, name)]
        end
      headers = { "content-type" => "#{type}; charset=utf-8", **headers } if kind == "text" && !typed?(headers)
      { "status" => status, "headers" => headers, "kind" => kind, "body" => packed }
    end

    def typed?(headers) = headers.any? { |name, _| name.casecmp?("content-type") }
    def bytes(data) = ["bytes", Values.pack(data, "result.body")]

    # The form in which Node writes a Buffer as JSON; older steps answer with it from every language.
    def buffer?(body)
      return false unless body.is_a?(Hash) && body.size == 2 && (body["type"] || body[:type]) == "Buffer"

      data = body["data"] || body[:data]
      data.is_a?(Array) && data.all?(0..255)
    end

    def streamed?(body)
      return true if body.respond_to?(:read) && body.respond_to?(:eof?)

      body.respond_to?(:each) && !body.respond_to?(:to_ary) &&
        [Hash, Array, Struct, Range, *(defined?(::Set) && ::Set)].none? { |type| body.is_a?(type) }
    end

    def stream(status, headers, body)
      first = { "status" => status, "headers" => headers }
      events = headers.any? { |name, kind| name.casecmp?("content-type") && kind.to_s.start_with?("text/event-stream") }
      pieces(body) do |piece|
        next if piece.nil? || piece == ""

        data = data(piece, events)
        type_first(headers, data) if first.any?
        send(first.merge("data" => data))
        first = {}
      end
      send(first) if first.any?
      { "status" => status, "headers" => headers, "kind" => "streamed" }
    rescue Motia::ClientGone
      { "status" => status, "headers" => headers, "kind" => "streamed" }
    ensure
      body.close if body.respond_to?(:close) && !(body.respond_to?(:closed?) && body.closed?)
    end

    def type_first(headers, data)
      return if typed?(headers)

      headers["content-type"] = data.is_a?(String) ? "text/plain; charset=utf-8" : "application/octet-stream"
    end

    def send(params) = @invocation.call("response.chunk", params)

    def pieces(body)
      return body.each { |piece| yield piece } unless body.respond_to?(:read)

      while (piece = body.read(PIECE))
        yield piece
      end
    end

    # Text or bytes as they are; anything else becomes a server-sent event, or a line of JSON.
    def data(piece, events)
      return Values.text(piece) if piece.is_a?(Symbol)
      return piece.encoding == Encoding::BINARY ? Values.pack(piece, "chunk") : Values.text(piece) if piece.is_a?(String)

      events ? ServerSent.event(piece) : "#{Values.generate(Values.pack_plain(piece, 'chunk'))}\n"
    end
  end
end

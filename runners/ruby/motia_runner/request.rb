# frozen_string_literal: true

# The `input` of an api step → the request authors see. Owns where the body comes from; never changes the raw text.

module MotiaRunner
  module Requests
    TEXTUAL = %w[json form text].freeze

    module_function

    def build(input, special)
      raw = raw(input, special)
      params = Values.unpack(input["params"] || {}, special)
      query = Values.unpack(input["query"] || {}, special)
      headers = Motia::Headers[Values.unpack(input["headers"] || {}, special)]
      Motia::Request[{
        "body" => body(input, raw, special), "headers" => headers, "pathParams" => params, "queryParams" => query,
        "rawBody" => raw, "method" => input["method"], "path" => input["path"], "url" => input["url"],
        "query" => query, "params" => params, "cookies" => Motia::Request.cookies(headers["cookie"]),
        "ip" => input["ip"] || "", "files" => (input["files"] || []).map { |file| Motia::Upload[file] }
      }]
    end

    # What middleware hands on in place of the request: a plain Hash answers like any request.
    def replacement(given) = given.instance_of?(Hash) ? Motia::Request.new.merge!(Motia::Record.wrap(given)) : given

    # Text comes as bytes when it was too large for a line.
    def raw(input, special)
      raw = Values.unpack(input["raw"] || "", special)
      return raw unless raw.encoding == Encoding::BINARY && TEXTUAL.include?(input["bodyKind"])

      text = raw.dup.force_encoding(Encoding::UTF_8)
      text.valid_encoding? ? text : raw
    end

    def body(input, raw, special)
      return Values.unpack(input["body"], special) if input.key?("body")

      case input["bodyKind"]
      when "json" then raw.empty? ? Motia::Record.new : Values.parse_foreign(raw)
      when "text", "bytes" then raw
      else Motia::Record.new
      end
    end
  end
end

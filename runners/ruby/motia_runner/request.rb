# frozen_string_literal: true

# The `input` of an api step → the request authors see. Owns where the body comes from; never changes the raw text.

module MotiaRunner
  module Requests
    module_function

    def build(input, special)
      raw = Values.unpack(input["raw"], special) if input.key?("raw")
      params = Values.unpack(input["params"] || {}, false)
      query = Values.unpack(input["query"] || {}, false)
      headers = Motia::Headers[input["headers"] || {}]
      Motia::Request[{
        "body" => body(input, raw, special), "headers" => headers, "pathParams" => params, "queryParams" => query,
        "rawBody" => raw || "", "method" => input["method"], "path" => input["path"], "url" => input["url"],
        "query" => query, "params" => params, "cookies" => Motia::Request.cookies(headers["cookie"]),
        "ip" => input["ip"] || "", "files" => (input["files"] || []).map { |file| Motia::Upload[file] }
      }]
    end

    def body(input, raw, special)
      return Values.unpack(input["body"], special) if input.key?("body")

      case input["bodyKind"]
      when "json" then json(raw)
      when "text", "bytes" then raw || ""
      else Motia::Record.new
      end
    end

    def json(raw)
      raw.nil? || raw.empty? ? Motia::Record.new : Values.parse_foreign(raw.dup.force_encoding(Encoding::UTF_8))
    end
  end
end

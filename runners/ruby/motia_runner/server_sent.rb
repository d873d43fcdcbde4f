# frozen_string_literal: true

# What a handler yields under `text/event-stream` → the text of one server-sent event. Pure.

module MotiaRunner
  module ServerSent
    KEYS = %w[event id retry data].freeze
    LINE_END = /\r\n|[\r\n]/.freeze

    module_function

    # `{ event:, id:, retry:, data: }`, or anything as the data itself.
    def event(value)
      told = value.is_a?(Hash) ? value.transform_keys(&:to_s) : {}
      told = { "data" => value } unless told.key?("data") && (told.keys - KEYS).empty?
      data = told["data"]
      text = data.is_a?(String) ? Values.text(data) : Values.generate(Values.pack_plain(data, "chunk.data"))
      head = (KEYS - ["data"]).filter_map { |key| "#{key}: #{told[key].to_s.gsub(LINE_END, ' ')}\n" unless told[key].nil? }
      lines = text.empty? ? [""] : text.split(LINE_END, -1)
      "#{head.join}#{lines.map { |line| "data: #{line}\n" }.join}\n"
    end
  end
end

# frozen_string_literal: true

# Whatever an author writes as a schema → JSON Schema: JSON Schema itself, `{id: "string"}`, Ruby classes
# (`{id: String, tags: [String]}`). What is no schema is left open and said so; it never stops a step.

module MotiaRunner
  module Schemas
    TYPES = %w[string number integer boolean object array null].freeze
    NAMES = {
      "int" => "integer", "float" => "number", "double" => "number", "bool" => "boolean", "hash" => "object",
      "dict" => "object", "list" => "array", "str" => "string", "text" => "string", "nil" => "null", "symbol" => "string"
    }.freeze
    FORMATS = { "date" => "date", "datetime" => "date-time", "date-time" => "date-time", "time" => "date-time",
                "uuid" => "uuid", "email" => "email", "uri" => "uri", "url" => "uri" }.freeze
    CLASSES = {
      "String" => "string", "Symbol" => "string", "Integer" => "integer", "Float" => "number", "Numeric" => "number",
      "BigDecimal" => "number", "Rational" => "number", "TrueClass" => "boolean", "FalseClass" => "boolean",
      "Hash" => "object", "OpenStruct" => "object", "Array" => "array", "Set" => "array", "NilClass" => "null"
    }.freeze
    DATES = { "Time" => "date-time", "DateTime" => "date-time", "Date" => "date" }.freeze
    KEYWORDS = %w[$ref $schema $id $defs definitions anyOf oneOf allOf not enum const properties items prefixItems
                  additionalProperties patternProperties if then else].freeze

    class Unknown < StandardError
    end

    module_function

    # [schema or nil, complaint or nil]
    def convert(value)
      return [nil, nil] if value.nil?

      schema = schema(value, "")
      Values.generate(schema)
      [schema, nil]
    rescue Unknown => error
      [nil, error.message]
    rescue JSON::GeneratorError, Motia::PayloadRefused => error
      [nil, "it is no JSON: #{error.message}"]
    end

    def schema(value, path)
      case value
      when Hash then hash(value.to_h { |key, item| [key.to_s, item] }, path)
      when String, Symbol then named(value.to_s, path)
      when Module then type(value, path)
      when Array then { "type" => "array", **items(value, path) }
      when Range then { "type" => "number", "minimum" => value.begin, "maximum" => value.end }.compact
      when Regexp then { "type" => "string", "pattern" => value.source }
      when true, nil then {}
      else raise Unknown, "#{place(path)} is a #{value.class}, which is no schema"
      end
    end

    def hash(value, path)
      return standard(value, path) if standard?(value)
      return { "type" => "object" } if value.empty?

      required = value.reject { |key, item| key.end_with?("?") || optional?(item) }.keys
      properties = value.to_h { |key, item| [key.delete_suffix("?"), schema(item, join(path, key))] }
      { "type" => "object", "properties" => properties, **(required.any? ? { "required" => required } : {}) }
    end

    # A field may be called `type`, so the word alone does not make it JSON Schema.
    def standard?(value)
      return true if value.keys.any? { |key| KEYWORDS.include?(key) } && value.values.none? { |item| item.is_a?(Module) }

      kinds = Array(value["type"]).map(&:to_s)
      kinds.any? && (kinds - TYPES).empty? && value.except("type").none? { |_, item| type_name?(item) }
    end

    def type_name?(item) = item.is_a?(Module) || TYPES.include?(item.to_s)

    # JSON Schema as it stands; classes inside `properties` and `items` are still welcome.
    def standard(value, path)
      value.to_h do |key, item|
        item = case key
               when "properties", "$defs", "definitions", "patternProperties"
                 item.is_a?(Hash) ? item.to_h { |name, inner| [name.to_s, inner_schema(inner, join(path, name))] } : item
               when "items", "not", "if", "then", "else" then inner_schema(item, path)
               when "anyOf", "oneOf", "allOf", "prefixItems" then Array(item).map { |inner| inner_schema(inner, path) }
               else plain(item)
               end
        [key, item]
      end
    end

    def inner_schema(value, path) = [true, false].include?(value) ? value : schema(value, path)
    def plain(value) = Values.pack(value, "schema")

    def items(value, path)
      case value.size
      when 0 then {}
      when 1 then { "items" => schema(value[0], join(path, "[]")) }
      else { "items" => { "anyOf" => value.map { |item| schema(item, join(path, "[]")) } } }
      end
    end

    # `string`, `string?`, `string[]`, `string | null`, `uuid`
    def named(text, path)
      return { "anyOf" => text.split("|").map { |part| named(part.strip, path) } } if text.include?("|")
      return named(text.delete_suffix("?"), path) if text.end_with?("?")
      return { "type" => "array", "items" => named(text.delete_suffix("[]"), path) } if text.end_with?("[]")

      word = text.strip.downcase
      return {} if word == "any"
      return { "type" => "string", "format" => FORMATS[word] } if FORMATS.key?(word)

      word = NAMES.fetch(word, word)
      raise Unknown, "#{place(path)} is #{text.inspect}, which names no type" unless TYPES.include?(word)

      { "type" => word }
    end

    def optional?(item) = (item.is_a?(String) || item.is_a?(Symbol)) && item.to_s.end_with?("?")

    def type(klass, path)
      name = klass.name.to_s
      return { "type" => CLASSES[name] } if CLASSES.key?(name)
      return { "type" => "string", "format" => DATES[name] } if DATES.key?(name)
      if klass.respond_to?(:members)
        return { "type" => "object", "properties" => klass.members.to_h { |member| [member.to_s, {}] } }
      end
      return schema(klass.json_schema, path) if klass.respond_to?(:json_schema)

      raise Unknown, "#{place(path)} is the class #{Failures.name(klass)}, which says nothing about JSON"
    end

    def join(path, key) = path.empty? ? key.to_s : "#{path}.#{key}"
    def place(path) = path.empty? ? "the schema" : "`#{path}`"
  end
end

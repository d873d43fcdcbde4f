# frozen_string_literal: true

require_relative "record"

module Motia
  # Headers: names in lower case, found in any case and with `_` for `-` (`headers[:content_type]`).
  class Headers < Record
    def [](key) = super(fold(key))
    def key?(key) = super(fold(key))
    def fetch(key, *default, &block) = super(fold(key), *default, &block)
    alias has_key? key?
    alias include? key?

    private

    def fold(key)
      key = key.name.tr("_", "-") if key.is_a?(Symbol)
      key.is_a?(String) ? key.downcase : key
    end
  end

  # A file of a multipart body. Its bytes are read when asked for.
  class Upload < Record
    def bytes = @bytes ||= File.binread(fetch("path"))
    def [](key) = key.to_s == "bytes" ? bytes : super
    alias read bytes
  end

  # What an api step receives. Like every record it can be changed: middleware may add `req.user = …`.
  class Request < Record
    ALIASES = { "path_params" => "pathParams", "query_params" => "queryParams", "raw_body" => "rawBody" }.freeze

    def [](key)
      name = key.is_a?(Symbol) ? key.name : key
      super(ALIASES.fetch(name, name))
    end

    def []=(key, value)
      name = key.is_a?(Symbol) ? key.name : key
      super(ALIASES.fetch(name, name), value)
    end

    def key?(key) = super(ALIASES.fetch(key.to_s, key))
    alias has_key? key?
    alias include? key?

    %w[body headers pathParams queryParams rawBody path url query params cookies ip files].each do |name|
      define_method(name) { self[name] }
    end
    alias path_params pathParams
    alias query_params queryParams
    alias raw_body rawBody

    # The HTTP method; with a name it is Ruby's own `method`.
    def method(*args) = args.empty? ? self["method"] : super

    # Cookies of the `cookie` header, the first of a name wins.
    def self.cookies(header)
      Array(header).join("; ").split(/;\s*/).each_with_object(Record.new) do |pair, found|
        name, value = pair.split("=", 2)
        next if value.nil? || name.empty? || found.key?(name)

        value = value[1..-2] if value.size > 1 && value.start_with?('"') && value.end_with?('"')
        found[name] = decode(value)
      end
    end

    def self.decode(text)
      plain = text.gsub(/%\h\h/) { |code| code[1..].hex.chr }.force_encoding(Encoding::UTF_8)
      plain.valid_encoding? ? plain : text
    end
    private_class_method :decode
  end
end

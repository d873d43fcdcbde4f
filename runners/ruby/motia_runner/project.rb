# frozen_string_literal: true

# The user's folder as paths: which files are its own step code, which are shared. Loads nothing itself.

module MotiaRunner
  class Project
    STEP_FOLDERS = %w[steps src motia].freeze
    FOREIGN = %w[node_modules vendor python_modules].freeze

    attr_reader :root

    def initialize(root)
      @root = File.realpath(root)
      @inside = File.join(@root, "")
    end

    def absolute(file) = File.expand_path(file, @root)
    def relative(path) = path.start_with?(@inside) ? path.delete_prefix(@inside) : path

    # Whether the project's author wrote it.
    def contains?(path)
      return false unless path.start_with?(@inside)

      first = path.delete_prefix(@inside).split("/", 2).first
      !FOREIGN.include?(first) && !first.start_with?(".")
    end

    # Step code: loaded per step. `lib/` and other folders are shared by all steps.
    def own?(path)
      return false unless path.start_with?(@inside)

      first, rest = path.delete_prefix(@inside).split("/", 2)
      rest.nil? || STEP_FOLDERS.include?(first)
    end

    def use_folders
      $LOAD_PATH.unshift(ENV["MOTIA_SDK"] || File.expand_path("../../../sdk/ruby", __dir__))
      $LOAD_PATH.push(@root, File.join(@root, "lib"))
    end
  end
end

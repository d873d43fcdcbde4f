# frozen_string_literal: true

# The user's folder as paths: which files are its own step code, which are shared, and its gems. Loads nothing itself.

module MotiaRunner
  class Project
    STEP_FOLDERS = %w[steps src motia].freeze
    FOREIGN = %w[node_modules vendor python_modules].freeze

    # A problem with the Gemfile, told with every Ruby file until it is solved.
    attr_reader :gem_problem, :root

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

    # Before any library is loaded: Bundler decides which version of each.
    def use_gems
      gemfile = ENV["BUNDLE_GEMFILE"] || File.join(@root, "Gemfile")
      return unless File.file?(gemfile)

      ENV["BUNDLE_GEMFILE"] = gemfile
      require "bundler/setup"
    rescue LoadError, StandardError, SystemExit => error
      why = error.is_a?(SystemExit) ? "Bundler gave up" : error.message.strip
      @gem_problem = "the gems of the Gemfile cannot be used: #{why}"
    end

    def use_folders
      $LOAD_PATH.unshift(ENV["MOTIA_SDK"] || File.expand_path("../../../sdk/ruby", __dir__))
      $LOAD_PATH.push(@root, File.join(@root, "lib"))
    end
  end
end

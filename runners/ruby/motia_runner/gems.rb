# frozen_string_literal: true

# RubyGems and Bundler. A worker starts without RubyGems, which takes longer to load than all the rest: it comes with a
# Gemfile, or with the first thing that is not in the standard library. Authors never notice.

Object.autoload(:Gem, "rubygems")
Object.autoload(:RbConfig, "rbconfig")

module Kernel
  # Replaced by RubyGems when it is loaded.
  def gem(name, *requirements)
    require "rubygems"
    gem(name, *requirements)
  end
  private :gem
end

module MotiaRunner
  module Gems
    class << self
      # Why the Gemfile cannot be used, told with every Ruby file until it is solved; nil when all is well.
      attr_reader :problem

      # Before any library is loaded: Bundler decides which version of each.
      def use_gemfile(folder)
        gemfile = ENV["BUNDLE_GEMFILE"] || File.join(folder, "Gemfile")
        return unless File.file?(gemfile)

        ENV["BUNDLE_GEMFILE"] = gemfile
        require "rubygems"
        require "bundler/setup"
      rescue LoadError, StandardError, SystemExit => error
        why = error.is_a?(SystemExit) ? "Bundler gave up" : error.message.strip
        @problem = "the gems of the Gemfile cannot be used: #{why}"
      end

      # Loads RubyGems; false when it is loaded already, so that looking again would find nothing new.
      def arrive?
        return false unless Object.autoload?(:Gem)

        require "rubygems"
        true
      end
    end
  end
end

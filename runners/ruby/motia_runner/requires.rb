# frozen_string_literal: true

# How `require` and `require_relative` behave inside steps: a file under the project's step folders is loaded into the
# step's own namespace, so that two folders may each have a `helper.rb`; anything else is Ruby's own, global `require`.
# Also notes which project files a step has loaded. Read unit.rb next.

require_relative "gems"
require_relative "threads"

module MotiaRunner
  module Requires
    KEY = :motia_unit

    class << self
      # The unit whose code this thread loads or runs.
      def unit = Thread.current.thread_variable_get(KEY) || Current.get&.unit

      def within(unit)
        before = Thread.current.thread_variable_get(KEY)
        Thread.current.thread_variable_set(KEY, unit)
        yield
      ensure
        Thread.current.thread_variable_set(KEY, before)
      end

      # true or false as `require` answers, or nil when the file is not the unit's to load.
      def own(unit, path)
        path = "#{path}.rb" if !path.end_with?(".rb") || (!unit.file?(path) && unit.file?("#{path}.rb"))
        return unless unit.project.own?(path) && unit.file?(path)

        unit.require_own(File.file?(path) ? File.realpath(path) : path)
      end
    end
  end
end

# Aliases, as RubyGems, Bundler and Zeitwerk have them: a prepended module would recurse with theirs.
module Kernel
  alias motia_original_require require
  alias motia_original_require_relative require_relative
  private :motia_original_require, :motia_original_require_relative

  def require(name)
    unit = MotiaRunner::Requires.unit
    return motia_original_require(name) unless unit

    path = name.respond_to?(:to_path) ? name.to_path : name
    if path.is_a?(String) && path.match?(%r{\A(?:\.{0,2}/|~)})
      loaded = MotiaRunner::Requires.own(unit, File.expand_path(path))
      return loaded unless loaded.nil?
    end
    unit.note_require(name) { motia_original_require(name) }
  rescue LoadError => error
    raise unless error.path == name && MotiaRunner::Gems.arrive?

    require(name) # which is that of RubyGems now
  end
  private :require

  def require_relative(name)
    path = name.respond_to?(:to_path) ? name.to_path : String(name)
    place = caller_locations(1, 1)[0]
    from = place.absolute_path || place.path # the latter is all that evaluated text has
    raise LoadError, "cannot infer basepath" unless File.absolute_path?(from)

    path = File.expand_path(path, File.dirname(from))
    unit = MotiaRunner::Requires.unit
    loaded = unit && MotiaRunner::Requires.own(unit, path)
    loaded.nil? ? require(path) : loaded
  end
  private :require_relative
end

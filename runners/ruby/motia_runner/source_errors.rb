# frozen_string_literal: true

# Why a file cannot be used, at its source line: errors of loading → `{code, message, line?, file?, stack?, hint?}`.

module MotiaRunner
  module SourceErrors
    module_function

    def describe(error, unit)
      case error
      when Dialects::Problem then problem(error)
      when SyntaxError then syntax(error, unit)
      when LoadError then missing(error, unit)
      when SystemExit then at(error, unit, "exit", "the file calls exit(#{error.status}) while it loads")
      else thrown(error, unit)
      end
    end

    def thrown(error, unit)
      found = at(error, unit, "import", "#{Failures.name(error.class)}: #{Failures.message(error)}")
      unset = error.is_a?(KeyError) && error.receiver.equal?(ENV)
      found["hint"] = "set #{error.key} in .env or in the environment" if unset
      found
    rescue ArgumentError # a KeyError raised by hand knows neither
      found
    end

    def gems
      return unless Gems.problem

      { "code" => "import", "message" => Gems.problem, "hint" => "run `bundle install` in the project" }
    end

    def timeout(thread, unit, seconds)
      frame = Failures.trim(thread.backtrace || []).find { |row| row.start_with?(unit.path) }
      found = { "code" => "timeout", "message" => "the file had not loaded after #{seconds.to_s.delete_suffix(".0")} s",
                "hint" => "move slow work into the handler" }
      found["line"] = frame[/:(\d+)/, 1].to_i if frame
      found
    end

    def problem(error)
      found = { "code" => error.code, "message" => error.message }
      found["line"] = error.line if error.line
      found["hint"] = error.hint unless error.hint.empty?
      found
    end

    # Ruby says `path:line: what`, newer ones an excerpt after it.
    def syntax(error, unit)
      text = error.message.to_s
      path, line = text.match(/\A(.+?):(\d+):/)&.captures
      rows = text.lines.map { |row| row.delete_prefix("#{path}:#{line}: ").rstrip }.reject(&:empty?)
      found = { "code" => "syntax", "message" => Values.text(rows.first || "syntax error"), "stack" => Values.text(text) }
      found["line"] = line.to_i if line
      place(found, path, unit)
    end

    def missing(error, unit)
      found = at(error, unit, "import", error.message)
      name = error.path.to_s
      if name.start_with?("/")
        found["needs"] = name.end_with?(".rb") ? name : "#{name}.rb"
      elsif !name.empty?
        gemfile = File.file?(unit.project.absolute("Gemfile"))
        found["hint"] = gemfile ? "add the gem of `#{name}` to the Gemfile and run `bundle install`" : "install it: gem install #{name[%r{[^/]+}]}"
      end
      found
    end

    # The innermost line of the project's own code.
    def at(error, unit, code, message)
      found = { "code" => code, "message" => Values.text(message), "stack" => Failures.stack(error) }
      frame = Failures.trim(error.backtrace || []).find { |row| unit.project.contains?(row) }
      path, line = frame&.match(/\A(.+?):(\d+)/)&.captures
      found["line"] = line.to_i if line
      place(found, path, unit)
    end

    def place(found, path, unit)
      found["file"] = unit.project.relative(path) if path && path != unit.path && unit.project.contains?(path)
      found
    end
  end
end

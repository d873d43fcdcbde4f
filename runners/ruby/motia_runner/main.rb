# frozen_string_literal: true

# Starts one worker. The order matters: first the wire is out of everybody's reach, then Bundler decides which libraries
# there are, then ours are loaded, then the core is listened to.

require_relative "output"
input, output = MotiaRunner::Output.claim

require_relative "lifeline"
MotiaRunner::Lifeline.watch

require_relative "gems"
MotiaRunner::Gems.use_gemfile(Dir.pwd)

require_relative "project"
project = MotiaRunner::Project.new(Dir.pwd)
project.use_folders
require "motia"
require_relative "server"
require_relative "requires" # last: from here on `require` is ours

MotiaRunner::Current.install
Exception.prepend(MotiaRunner::Failures::TextMessages)
server = MotiaRunner::Server.new(input, output, project)
Motia.running = -> { MotiaRunner::Current.get&.context }
MotiaRunner::Forks.install { server.abandon }
server.serve

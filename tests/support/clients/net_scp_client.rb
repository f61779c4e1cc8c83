# Copies with Ruby's Net::SCP: its argument is the site and the request, as JSON.

require "json"
require "net/scp"

request = JSON.parse(ARGV[0])
flags = { recursive: request["recursive"], preserve: request["preserve"] }
remote = ->(path) { "#{request["far"]}/#{path}" }

begin
  Net::SSH.start("127.0.0.1", request["user"],
                 port: request["port"], keys: [request["key"]], keys_only: true,
                 auth_methods: ["publickey"], config: false, use_agent: false,
                 non_interactive: true, verify_host_key: :always,
                 global_known_hosts_file: [],
                 user_known_hosts_file: request["knownHosts"]) do |ssh|
    request["sources"].each do |source|
      if request["direction"] == "up"
        ssh.scp.upload!(source, remote[request["target"]], flags)
      else
        ssh.scp.download!(remote[source], request["target"], flags)
      end
    end
  end
rescue StandardError => error
  abort "#{error.class}: #{error.message}"
end

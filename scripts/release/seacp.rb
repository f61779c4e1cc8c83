class Seacp < Formula
  desc "Copy files over SSH: scp, only faster, clearer, and right where scp is wrong"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@RELEASES@/download/v@VERSION@/seacp-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:seacp-aarch64-apple-darwin.tar.gz@"
    end
    on_intel do
      url "@RELEASES@/download/v@VERSION@/seacp-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:seacp-x86_64-apple-darwin.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "@RELEASES@/download/v@VERSION@/seacp-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256:seacp-aarch64-unknown-linux-gnu.tar.gz@"
    end
    on_intel do
      url "@RELEASES@/download/v@VERSION@/seacp-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "@SHA256:seacp-x86_64-unknown-linux-gnu.tar.gz@"
    end
  end

  def install
    bin.install "seacp"
    man1.install "seacp.1"
    bash_completion.install "completions/seacp.bash" => "seacp"
    zsh_completion.install "completions/_seacp"
    fish_completion.install "completions/seacp.fish"
  end

  test do
    assert_match "seacp #{version}", shell_output("#{bin}/seacp --version")
  end
end

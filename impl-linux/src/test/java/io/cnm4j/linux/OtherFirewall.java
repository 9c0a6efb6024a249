package io.cnm4j.linux;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

/**
 * Another program's firewall in the calling thread's namespace, loaded by that program itself. It sees directories of its own in place of
 * the machine's. Closing this takes its tables away.
 */
final class OtherFirewall implements AutoCloseable {
    private static final String OWN_DIRECTORIES = // keeps what is written below $1
            "own() { mkdir -p \"$2\"; mount -t tmpfs t \"$2\"; cp -a \"$1\"/. \"$2\"; mount --bind \"$2\" \"$1\"; };"
                    + " mkdir \"$1\"; mount -t tmpfs t \"$1\"; ";
    private static final String UFW =
            OWN_DIRECTORIES + "own /etc/ufw \"$1/ufw\"; mount -t tmpfs t /run; ufw --force enable; ";
    private static final String FIREWALLD = OWN_DIRECTORIES
            + "own /etc/firewalld \"$1/firewalld\"; mount -t tmpfs t /run; mkdir -p /run/dbus /run/firewalld;"
            + " bus=$(dbus-daemon --system --fork --nopidfile --print-pid);"
            + " firewalld --nofork --nopid >\"$1/log\" 2>&1 & daemon=$!;"
            + " trap 'kill -9 $daemon $bus' EXIT;" // so that its rules stay
            + " until firewall-cmd --state >\"$1/state\" 2>&1; do kill -0 $daemon || { tail -5 \"$1/log\"; exit 1; }; done; ";
    private static final String DOCKER =
            OWN_DIRECTORIES
                    + "hostname cnm4j-engine; mount -t tmpfs t /run; mkdir -p /var/lib/docker; mount -t tmpfs t /var/lib/docker;"
                    + " dockerd --storage-driver=vfs --exec-root /run/exec --data-root /var/lib/docker --pidfile /run/pid" // a socket's path is short
                    + " -H unix:///run/sock >\"$1/log\" 2>&1 & daemon=$!;"
                    + " trap 'kill $daemon; wait $daemon || true' EXIT;"
                    + " until DOCKER_API_VERSION=1.41 docker -H unix:///run/sock version >/dev/null 2>&1; do kill -0 $daemon || { tail -5 \"$1/log\"; exit 1; }; done; ";

    private OtherFirewall() {}

    private static OtherFirewall load(String directory, String script) {
        assumeTrue(Permission.isRealRoot(), "needs root: the program's files are for root alone");
        TestNetns.inHere("unshare", "-m", "--uts", "sh", "-ec", script, "sh", directory);
        return new OtherFirewall();
    }

    /** Turns on ufw as Debian delivers it, then runs these commands. */
    static OtherFirewall ufw(String directory, String commands) {
        return load(directory, UFW + commands);
    }

    /** Starts firewalld as Debian delivers it, runs these commands, and ends it without letting it take away its rules. */
    static OtherFirewall firewalld(String directory, String commands) {
        return load(directory, FIREWALLD + commands);
    }

    /** Starts Docker's engine with its own bridge and rules, which both stay when it ends. */
    static OtherFirewall docker(String directory) {
        Path module = Path.of(System.getProperty("basedir", ""));
        TestNetns.Result setup = TestNetns.execute(
                TestNetns.here(),
                module.resolve("../examples/docker-plugin/setup").toString());
        assumeTrue(setup.status() == 0, () -> "no Docker engine can be installed: " + setup.output());
        return load(directory, DOCKER);
    }

    @Override
    public void close() {
        TestNetns.inHere("nft", "list", "tables")
                .lines()
                .filter(table -> !table.contains("cnm4j-"))
                .forEach(table -> TestNetns.inHere("nft", "delete " + table));
        if (TestNetns.execute(TestNetns.here(), "ip", "link", "show", "docker0").status() == 0) {
            TestNetns.inHere("ip", "link", "delete", "docker0");
            TestNetns.inHere("sysctl", "-qw", "net.ipv4.ip_forward=0");
        }
    }
}

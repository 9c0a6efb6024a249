package io.cnm4j.examples.runtime;

import io.cnm4j.api.model.RuntimeHook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A bundle of the OCI runtime specification: a root of one program, the busybox of the machine, and a configuration. */
final class Bundle {
    private static final Path BUSYBOX = Path.of("/usr/bin/busybox"); // Debian package busybox-static
    private static final List<String> COMMANDS = List.of("sh", "ip", "ping", "cat", "wget", "hostname");

    private final Path directory;

    /** Makes the root. */
    Bundle(Path directory) throws IOException {
        this.directory = directory;
        Path bin = Files.createDirectories(directory.resolve("rootfs/bin"));
        for (String name : List.of("proc", "etc", "dev")) {
            Files.createDirectories(directory.resolve("rootfs").resolve(name));
        }
        Files.copy(BUSYBOX, bin.resolve("busybox"));
        for (String command : COMMANDS) {
            Files.createSymbolicLink(bin.resolve(command), Path.of("busybox"));
        }
        Files.createFile(directory.resolve("rootfs/etc/hosts"));
        Files.createFile(directory.resolve("rootfs/etc/resolv.conf"));
    }

    /** Returns where it is. */
    Path directory() {
        return directory;
    }

    /** Writes the configuration of a container that runs a script, with the files of a sandbox, and hands its namespace over first. */
    void configure(String script, Path hosts, Path resolvConf, RuntimeHook hook) throws IOException {
        Files.writeString(directory.resolve("config.json"), """
                {"ociVersion": "1.0.2",
                 "process": {"user": {"uid": 0, "gid": 0}, "cwd": "/", "env": ["PATH=/bin"],
                             "args": ["/bin/sh", "-ec", "%s"],
                             "capabilities": {"bounding": ["CAP_NET_RAW"], "effective": ["CAP_NET_RAW"], "permitted": ["CAP_NET_RAW"]}},
                 "root": {"path": "rootfs", "readonly": true},
                 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
                            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
                            {"destination": "/etc/hosts", "type": "bind", "source": "%s", "options": ["bind", "ro"]},
                            {"destination": "/etc/resolv.conf", "type": "bind", "source": "%s", "options": ["bind", "ro"]}],
                 "hooks": {"createRuntime": [%s]},
                 "linux": {"namespaces": [{"type": "pid"}, {"type": "mount"}, {"type": "ipc"}, {"type": "network"}]}}
                """.formatted(script, hosts, resolvConf, hook.json()));
    }
}

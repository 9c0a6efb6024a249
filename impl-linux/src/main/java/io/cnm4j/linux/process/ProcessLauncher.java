package io.cnm4j.linux.process;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Spawn;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.plan.NamespaceRef;
import java.io.File;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** Starts processes inside namespaces the way {@link ProcessBuilder#start} starts them outside. Thread-safe. */
public final class ProcessLauncher {
    private static final int FIRST_OTHER = 3;

    private final NamespaceWorkers workers;

    /** @param workers whose home is where the threads that wait for the processes live */
    public ProcessLauncher(NamespaceWorkers workers) {
        this.workers = workers;
    }

    /**
     * Starts a process inside the namespace. The program is looked for in this JVM's own PATH.
     *
     * @throws IOException if it cannot be started, or a file for a stream cannot be opened
     * @throws io.cnm4j.api.error.KernelException if the namespace cannot be entered
     * @throws io.cnm4j.api.error.DeadlineException if no worker was free in time
     */
    public Process start(NamespaceRef namespace, ProcessBuilder builder, Deadline deadline) throws IOException {
        List<String> command = List.copyOf(builder.command());
        if (command.isEmpty()) {
            throw new IndexOutOfBoundsException("the command is empty; its first element must be the program");
        }
        List<String> environment = environment(builder);
        refuseNul(command);
        refuseNul(environment);
        Streams streams = Streams.open(builder);
        try (streams) {
            return workers.call(deadline, () -> {
                int pid = NamespaceWorkers.inside(
                        namespace, () -> spawn(command, environment, builder.directory(), streams));
                return ChildProcess.watch(pid, command.get(0), streams); // at home: its thread stays where it is born
            });
        } catch (IOException | RuntimeException | Error failure) {
            streams.abandon(failure);
            throw failure;
        }
    }

    private static List<String> environment(ProcessBuilder builder) {
        var pairs = new ArrayList<String>();
        builder.environment().forEach((name, value) -> pairs.add(name + "=" + value));
        return pairs;
    }

    private static void refuseNul(List<String> texts) throws IOException {
        for (String text : texts) {
            if (text.indexOf('\0') >= 0) {
                throw new IOException("invalid null character in '" + text.replace('\0', '?') + "'");
            }
        }
    }

    private static int spawn(List<String> command, List<String> environment, @Nullable File directory, Streams streams)
            throws IOException {
        try (var objects = new SpawnObjects()) {
            objects.streams(streams);
            if (directory != null) {
                objects.directory(directory.getPath());
            }
            objects.closeFrom(FIRST_OTHER);
            var argv = new StringVector(command);
            var envp = new StringVector(environment);
            Pointer pid = Memory.allocateDirect(LibC.runtime(), Integer.BYTES);
            try {
                int errno = Spawn.CALLS.posix_spawnp(
                        pid.address(),
                        command.get(0),
                        objects.actions(),
                        objects.attributes(),
                        argv.address(),
                        envp.address());
                if (errno != 0) {
                    throw cannotRun(command.get(0), directory, errno);
                }
                return pid.getInt(0);
            } finally {
                Reference.reachabilityFence(argv);
                Reference.reachabilityFence(envp);
            }
        }
    }

    private static IOException cannotRun(String program, @Nullable File directory, int errno) {
        return new IOException("Cannot run program \"" + program + "\""
                + (directory == null ? "" : " (in directory \"" + directory + "\")")
                + ": error=" + errno + ", " + Spawn.CALLS.strerror(errno)
                + (errno == Errno.ENOEXEC ? "; a script needs a first line such as #!/bin/sh" : ""));
    }
}

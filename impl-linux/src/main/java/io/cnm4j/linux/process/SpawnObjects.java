package io.cnm4j.linux.process;

import static io.cnm4j.linux.libc.Spawn.CALLS;

import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Spawn;
import java.io.File;
import java.io.IOException;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** File actions and attributes of one posix_spawn(3): no signal blocked or ignored, no descriptor but the three streams. */
final class SpawnObjects implements AutoCloseable {
    private final Pointer memory = Memory.allocateDirect(LibC.runtime(), 3 * Spawn.OBJECT_SIZE, true);
    private final long actions = memory.address();
    private final long attributes = actions + Spawn.OBJECT_SIZE;

    SpawnObjects() throws IOException {
        check(CALLS.posix_spawn_file_actions_init(actions));
        check(CALLS.posix_spawnattr_init(attributes));
        long signals = attributes + Spawn.OBJECT_SIZE;
        LibC.CALLS.sigemptyset(signals);
        check(CALLS.posix_spawnattr_setsigmask(attributes, signals));
        LibC.CALLS.sigfillset(signals);
        check(CALLS.posix_spawnattr_setsigdefault(attributes, signals));
        check(CALLS.posix_spawnattr_setflags(
                attributes, (short) (Spawn.POSIX_SPAWN_SETSIGDEF | Spawn.POSIX_SPAWN_SETSIGMASK)));
    }

    long actions() {
        return actions;
    }

    long attributes() {
        return attributes;
    }

    void streams(Streams streams) throws IOException {
        for (int i = 0; i < streams.child.length; i++) {
            if (streams.child[i] >= 0) {
                check(CALLS.posix_spawn_file_actions_adddup2(actions, streams.child[i], i));
            }
        }
        if (streams.errorToOutput) {
            check(CALLS.posix_spawn_file_actions_adddup2(actions, 1, 2));
        }
    }

    void directory(String path) throws IOException {
        check(CALLS.posix_spawn_file_actions_addchdir_np(actions, path));
    }

    void closeFrom(int first) throws IOException {
        try {
            check(CALLS.posix_spawn_file_actions_addclosefrom_np(actions, first));
        } catch (UnsatisfiedLinkError absent) {
            // an older libc: close what is open now; closing what is not open is no error
            String[] open = new File("/proc/self/fd").list();
            for (String fd : open == null ? new String[0] : open) {
                if (Integer.parseInt(fd) >= first) {
                    check(CALLS.posix_spawn_file_actions_addclose(actions, Integer.parseInt(fd)));
                }
            }
        }
    }

    private static void check(int errno) throws IOException {
        if (errno != 0) {
            throw new IOException("posix_spawn: error=" + errno + ", " + CALLS.strerror(errno));
        }
    }

    @Override
    public void close() {
        CALLS.posix_spawn_file_actions_destroy(actions);
        CALLS.posix_spawnattr_destroy(attributes);
    }
}

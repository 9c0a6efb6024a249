package io.cnm4j.linux.libc;

import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.SaveError;

/** posix_spawn(3) and what belongs to it. All but {@link #strerror} return an error number, 0 for success. */
public interface Spawn {
    /** The functions. A function that this libc lacks throws {@link UnsatisfiedLinkError} when called. */
    Spawn CALLS = LibraryLoader.create(Spawn.class).load("c");

    /** Octets that hold a posix_spawn_file_actions_t, a posix_spawnattr_t or a sigset_t of any libc. */
    int OBJECT_SIZE = 512;

    /** Flag of the attributes: signals of the given set get their default action. */
    short POSIX_SPAWN_SETSIGDEF = 4;

    /** Flag of the attributes: the given signal mask. */
    short POSIX_SPAWN_SETSIGMASK = 8;

    /** posix_spawnp(3); {@code pid} is one int, {@code argv} and {@code envp} end with null. */
    int posix_spawnp(long pid, String file, long fileActions, long attributes, long argv, long envp);

    /** posix_spawn_file_actions_init(3). */
    int posix_spawn_file_actions_init(long actions);

    /** posix_spawn_file_actions_destroy(3). */
    int posix_spawn_file_actions_destroy(long actions);

    /** posix_spawn_file_actions_adddup2(3). */
    int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    /** posix_spawn_file_actions_addclose(3). */
    int posix_spawn_file_actions_addclose(long actions, int fd);

    /** posix_spawn_file_actions_addchdir_np(3): glibc 2.29, musl 1.1.24. */
    int posix_spawn_file_actions_addchdir_np(long actions, String path);

    /** posix_spawn_file_actions_addclosefrom_np(3): glibc 2.34. */
    int posix_spawn_file_actions_addclosefrom_np(long actions, int from);

    /** posix_spawnattr_init(3). */
    int posix_spawnattr_init(long attributes);

    /** posix_spawnattr_destroy(3). */
    int posix_spawnattr_destroy(long attributes);

    /** posix_spawnattr_setflags(3). */
    int posix_spawnattr_setflags(long attributes, short flags);

    /** posix_spawnattr_setsigmask(3). */
    int posix_spawnattr_setsigmask(long attributes, long set);

    /** posix_spawnattr_setsigdefault(3). */
    int posix_spawnattr_setsigdefault(long attributes, long set);

    /** strerror(3). */
    @SaveError
    String strerror(int errno);
}

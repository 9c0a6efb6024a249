package io.cnm4j.linux.libc;

import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.SaveError;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;

/** Functions of libc as this library calls them. Addresses of buffers are passed as {@code long}: no conversion per call. */
public final class LibC {
    /** The functions. Thread-safe as the C functions are. */
    public static final Calls CALLS = LibraryLoader.create(Calls.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(CALLS);

    private LibC() {}

    /** Returns errno of this thread's last call that failed. */
    public static int errno() {
        return LastError.getLastError(RUNTIME);
    }

    /** Returns the runtime that allocates memory for these calls. */
    public static Runtime runtime() {
        return RUNTIME;
    }

    /** The functions, by their C names. Public because jnr-ffi implements it; not for use outside this library. */
    public interface Calls {
        /** socket(2). */
        @SaveError
        int socket(int domain, int type, int protocol);

        /** bind(2). */
        @SaveError
        int bind(int fd, long address, int length);

        /** connect(2). */
        @SaveError
        int connect(int fd, long address, int length);

        /** listen(2). */
        @SaveError
        int listen(int fd, int backlog);

        /** accept4(2); {@code address} and {@code length} may be 0. */
        @SaveError
        int accept4(int fd, long address, long length, int flags);

        /** recvmsg(2); {@code message} is a struct msghdr. */
        @SaveError
        @ssize_t
        long recvmsg(int fd, long message, int flags);

        /** sendmsg(2); {@code message} is a struct msghdr. */
        @SaveError
        @ssize_t
        long sendmsg(int fd, long message, int flags);

        /** epoll_create1(2). */
        @SaveError
        int epoll_create1(int flags);

        /** epoll_ctl(2); {@code event} is a struct epoll_event, of 12 octets on x86-64, of 16 elsewhere. */
        @SaveError
        int epoll_ctl(int epoll, int operation, int fd, long event);

        /** epoll_wait(2). */
        @SaveError
        int epoll_wait(int epoll, long events, int most, int timeoutMillis);

        /** setsockopt(2). */
        @SaveError
        int setsockopt(int fd, int level, int name, long value, int length);

        /** getsockopt(2). */
        @SaveError
        int getsockopt(int fd, int level, int name, long value, long length);

        /** getsockname(2). */
        @SaveError
        int getsockname(int fd, long address, long length);

        /** send(2). */
        @SaveError
        @ssize_t
        long send(int fd, long buffer, @size_t long length, int flags);

        /** recv(2). */
        @SaveError
        @ssize_t
        long recv(int fd, long buffer, @size_t long length, int flags);

        /** sendmmsg(2); returns how many messages were sent. */
        @SaveError
        int sendmmsg(int fd, long messages, int count, int flags);

        /** recvmmsg(2) without a time limit; returns how many messages came. */
        @SaveError
        int recvmmsg(int fd, long messages, int count, int flags, long timeout);

        /** writev(2). */
        @SaveError
        @ssize_t
        long writev(int fd, long vectors, int count);

        /** sched_setaffinity(2); {@code pid} 0 is the calling thread. */
        @SaveError
        int sched_setaffinity(int pid, @size_t long size, long mask);

        /** poll(2). */
        @SaveError
        int poll(long fds, long count, int timeoutMillis);

        /** open(2). */
        @SaveError
        int open(String path, int flags, int mode);

        /** read(2). */
        @SaveError
        @ssize_t
        long read(int fd, long buffer, @size_t long length);

        /** write(2). */
        @SaveError
        @ssize_t
        long write(int fd, long buffer, @size_t long length);

        /** pwrite(2). */
        @SaveError
        @ssize_t
        long pwrite(int fd, long buffer, @size_t long length, @off_t long offset);

        /** close(2). */
        @SaveError
        int close(int fd);

        /** unshare(2). */
        @SaveError
        int unshare(int flags);

        /** setns(2). */
        @SaveError
        int setns(int fd, int type);

        /** mount(2). */
        @SaveError
        int mount(@Nullable String source, String target, @Nullable String type, long flags, @Nullable Pointer data);

        /** umount2(2). */
        @SaveError
        int umount2(String target, int flags);

        /** ioctl(2) with an address or a number. */
        @SaveError
        int ioctl(int fd, long request, long argument);

        /** statfs(2); {@code buffer} holds 120 octets, f_type first. */
        @SaveError
        int statfs(String path, long buffer);

        /** mkdir(2). */
        @SaveError
        int mkdir(String path, int mode);

        /** rmdir(2). */
        @SaveError
        int rmdir(String path);

        /** unlink(2). */
        @SaveError
        int unlink(String path);

        /** fchmod(2). */
        @SaveError
        int fchmod(int fd, int mode);

        /** ftruncate(2). */
        @SaveError
        int ftruncate(int fd, long length);

        /** pipe2(2); {@code fds} is two ints. */
        @SaveError
        int pipe2(long fds, int flags);

        /** kill(2). */
        @SaveError
        int kill(int pid, int signal);

        /** waitpid(2); {@code status} is one int. */
        @SaveError
        int waitpid(int pid, long status, int options);

        /** waitid(2). */
        @SaveError
        int waitid(int idType, int id, long info, int options);

        /** sigemptyset(3). */
        int sigemptyset(long set);

        /** sigfillset(3). */
        int sigfillset(long set);
    }
}

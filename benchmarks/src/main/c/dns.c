// Questions by UDP, in batches, and an echo of them: the floor of a name server.
//
//   dns echo ADDRESS PORT                   sends back what comes, until it is ended
//   dns ask ADDRESS PORT NAMES SECONDS EXPECT
//       keeps 64 questions for name0 ... nameN under way; writes "ANSWERS NANOSECONDS LOST": an answer that does not come for 2 s is
//       lost, as is one that has not EXPECT records (-1: whatever)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

enum { WINDOW = 64, LONGEST = 1536 };

static char in[WINDOW][LONGEST], out[WINDOW][LONGEST];
static struct sockaddr_in peers[WINDOW];
static struct iovec in_parts[WINDOW], out_parts[WINDOW];
static struct mmsghdr received[WINDOW], sending[WINDOW];
static uint64_t sent[WINDOW];

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void echo(int fd) {
    for (int i = 0; i < WINDOW; i++) {
        in_parts[i] = (struct iovec) {in[i], LONGEST};
        received[i].msg_hdr = (struct msghdr) {.msg_iov = &in_parts[i], .msg_iovlen = 1, .msg_name = &peers[i]};
    }
    for (;;) {
        for (int i = 0; i < WINDOW; i++) {
            in_parts[i].iov_len = LONGEST;
            received[i].msg_hdr.msg_namelen = sizeof peers[i];
        }
        int count = recvmmsg(fd, received, WINDOW, MSG_WAITFORONE, NULL);
        for (int i = 0; i < count; i++)
            in_parts[i].iov_len = received[i].msg_len;
        for (int done = 0; done < count;) {
            int more = sendmmsg(fd, received + done, count - done, 0);
            if (more < 0)
                break; // who asked is gone
            done += more;
        }
    }
}

static uint32_t draw(void) { // xorshift
    static uint32_t state = 2463534242u;
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static void question(int slot, int id, int names) {
    char *to = out[slot];
    static const char head[12] = {0, 0, 1, 0, 0, 1};
    memcpy(to, head, sizeof head);
    to[0] = id >> 8;
    to[1] = id;
    int length = sprintf(to + 13, "name%u", draw() % names);
    to[12] = length;
    memcpy(to + 13 + length, "\0\0\1\0\1", 5);
    out_parts[slot] = (struct iovec) {to, 18 + length};
    sending[slot].msg_hdr = (struct msghdr) {.msg_iov = &out_parts[slot], .msg_iovlen = 1};
    sent[id] = now();
}

static void send_all(int fd, int count) {
    for (int done = 0; done < count;) {
        int more = sendmmsg(fd, sending + done, count - done, 0);
        if (more < 0)
            die("sendmmsg");
        done += more;
    }
}

static void ask(int fd, int names, double seconds, int expect) {
    for (int i = 0; i < WINDOW; i++) {
        in_parts[i] = (struct iovec) {in[i], LONGEST};
        received[i].msg_hdr = (struct msghdr) {.msg_iov = &in_parts[i], .msg_iovlen = 1};
        question(i, i, names);
    }
    struct timeval patience = {2, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    uint64_t start = now(), end = start + seconds * 1e9;
    long answers = 0, lost = 0;
    send_all(fd, WINDOW);
    while (now() < end) {
        int count = recvmmsg(fd, received, WINDOW, MSG_WAITFORONE, NULL), asked = 0;
        for (int i = 0; i < count; i++) {
            unsigned char *message = (unsigned char *) in[i];
            int id = message[0] << 8 | message[1];
            if (id >= WINDOW)
                continue;
            answers++;
            lost += expect >= 0 && (message[6] << 8 | message[7]) != expect;
            question(asked++, id, names);
        }
        if (count <= 0 || answers % 4096 < 64) { // now and then
            uint64_t time = now();
            for (int id = 0; id < WINDOW && asked < WINDOW; id++)
                if (time - sent[id] > 2000000000ull) {
                    lost++;
                    question(asked++, id, names);
                }
        }
        send_all(fd, asked);
    }
    printf("%ld %llu %ld\n", answers, (unsigned long long) (now() - start), lost);
}

int main(int argc, char **argv) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    if (argc < 4 || inet_pton(AF_INET, argv[2], &address.sin_addr) != 1)
        return 2;
    address.sin_port = htons(atoi(argv[3]));
    if (!strcmp(argv[1], "echo")) {
        if (bind(fd, (struct sockaddr *) &address, sizeof address))
            die("bind");
        puts("ready");
        fflush(stdout);
        echo(fd);
    } else if (argc == 7) {
        if (connect(fd, (struct sockaddr *) &address, sizeof address))
            die("connect");
        ask(fd, atoi(argv[4]), atof(argv[5]), atoi(argv[6]));
    }
    return 0;
}

/*
 * The floor of the path's benchmark: one end of a tunnel in C, one thread, with the offloads that ours has. A TAP device with large
 * frames on one side, VXLAN over one UDP socket on the other: TCP frames are cut with headers and checksums of their own and leave
 * with UDP_SEGMENT, what UDP_GRO joined is checked, joined and written as one frame. IPv4 alone, one peer, one VNI, no table.
 *
 * tunnel LOCAL PEER PORT VNI NAMESPACE DEVICE: the socket is where it is started, the device in the namespace of that path.
 * Writes a line when the device is there. Ends with its standard input.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SLOT = 1 << 16, SLOTS = 32, READS = 16, HEAD = 192, VECTORS = 1024, PARTS = 64, SOL_UDP_ = 17, VNET = 10, VXLAN = 8,
       ETH = 14, IP = ETH, TCP = ETH + 20, PSH = 8, FIN = 1, CWR = 0x80, ACK = 0x10 };

static int udp, tap;
static uint64_t vxlan; /* the header, big-endian */
static struct sockaddr_in peer;

static uint16_t get16(const uint8_t *p) { uint16_t v; memcpy(&v, p, 2); return be16toh(v); }
static uint32_t get32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return be32toh(v); }
static void put16(uint8_t *p, uint16_t v) { v = htobe16(v); memcpy(p, &v, 2); }
static void put32(uint8_t *p, uint32_t v) { v = htobe32(v); memcpy(p, &v, 4); }

/* The sum of the octets as words in the order of this machine. */
static uint64_t sum(const uint8_t *p, int length) {
    uint64_t total = 0;
    for (; length >= 4; p += 4, length -= 4) {
        uint32_t v;
        memcpy(&v, p, 4);
        total += v;
    }
    uint32_t rest = 0;
    memcpy(&rest, p, (size_t)length);
    return total + rest;
}

static uint16_t fold(uint64_t s) {
    s = (s & 0xffffffff) + (s >> 32);
    s = (s & 0xffffffff) + (s >> 32);
    s = (s & 0xffff) + (s >> 16);
    s = (s & 0xffff) + (s >> 16);
    return (uint16_t)s;
}

static uint64_t pseudo(const uint8_t *frame, int length) { return sum(frame + IP + 12, 8) + htons(6) + htons((uint16_t)length); }

/* Octets of headers of a TCP frame of plain form that carries data; else 0. */
static int headers(const uint8_t *frame, int length) {
    if (length < TCP + 20 || get16(frame + 12) != 0x0800 || frame[IP] != 0x45 || frame[IP + 9] != 6) return 0;
    if ((get16(frame + IP + 6) & 0x3fff) != 0 || get16(frame + IP + 2) > length - IP) return 0;
    int all = TCP + ((frame[TCP + 12] >> 2) & 0x3c);
    return all >= TCP + 20 && all < IP + get16(frame + IP + 2) ? all : 0;
}

/* From the device to the network. */
static uint8_t frames[READS * (SLOT + 512)], heads[VECTORS / 2 * HEAD];
static struct mmsghdr messages[PARTS];
static struct iovec vectors[VECTORS];
static uint8_t controls[PARTS][CMSG_SPACE(2)] __attribute__((aligned(8)));
static int sizes[PARTS], counts[PARTS], octets[PARTS], closed, used_heads;
static int message_count, vector_count;

static void drain(void) {
    for (int sent = 0; sent < message_count;) {
        for (int i = sent; i < message_count; i++) {
            struct msghdr *m = &messages[i].msg_hdr;
            struct cmsghdr *c = (struct cmsghdr *)controls[i];
            c->cmsg_level = SOL_UDP_, c->cmsg_type = UDP_SEGMENT, c->cmsg_len = CMSG_LEN(2);
            *(uint16_t *)CMSG_DATA(c) = (uint16_t)sizes[i];
            m->msg_control = counts[i] > 1 ? c : NULL;
            m->msg_controllen = counts[i] > 1 ? sizeof controls[i] : 0;
        }
        int now = sendmmsg(udp, messages + sent, (unsigned)(message_count - sent), MSG_DONTWAIT);
        if (now > 0) sent += now;
        else if (errno == EAGAIN) poll(&(struct pollfd){udp, POLLOUT, 0}, 1, 100);
        else sent++;
    }
    message_count = vector_count = used_heads = 0;
}

static void add(void *head, int head_length, void *body, int body_length) {
    int last = message_count - 1, length = head_length + body_length;
    if (!message_count || closed || length > sizes[last] || counts[last] == PARTS || octets[last] + length > 65000) {
        last = message_count++;
        messages[last].msg_hdr = (struct msghdr){.msg_name = &peer, .msg_namelen = sizeof peer, .msg_iov = vectors + vector_count};
        sizes[last] = length, counts[last] = 0, octets[last] = 0;
    }
    counts[last]++, octets[last] += length, closed = length < sizes[last];
    vectors[vector_count++] = (struct iovec){head, (size_t)head_length};
    if (body_length) vectors[vector_count++] = (struct iovec){body, (size_t)body_length};
    messages[last].msg_hdr.msg_iovlen = (size_t)(vectors + vector_count - messages[last].msg_hdr.msg_iov);
}

static void cut(uint8_t *frame, int length, int size) {
    int all = headers(frame, length), id = get16(frame + IP + 4);
    uint32_t sequence = get32(frame + TCP + 4);
    if (!all) return;
    for (int at = all; at < length; at += size) {
        int part = length - at < size ? length - at : size;
        uint8_t *h = heads + HEAD * used_heads++, *f = h + VXLAN;
        memcpy(h, &vxlan, VXLAN);
        memcpy(f, frame, (size_t)all);
        put16(f + IP + 2, (uint16_t)(all - IP + part));
        put16(f + IP + 4, (uint16_t)id++);
        put16(f + IP + 10, 0);
        uint16_t check = (uint16_t)~fold(sum(f + IP, 20));
        memcpy(f + IP + 10, &check, 2);
        put32(f + TCP + 4, sequence + (uint32_t)(at - all));
        if (at > all) f[TCP + 13] &= (uint8_t)~CWR;
        if (at + part < length) f[TCP + 13] &= (uint8_t) ~(FIN | PSH);
        put16(f + TCP + 16, 0);
        check = (uint16_t)~fold(pseudo(f, all - TCP + part) + sum(f + TCP, all - TCP) + sum(frame + at, part));
        memcpy(f + TCP + 16, &check, 2);
        add(h, VXLAN + all, frame + at, part);
    }
}

static int outward(void) {
    int reads = 0;
    for (uint8_t *at = frames; reads < 64 && at + SLOT + 512 <= frames + sizeof frames; reads++) {
        ssize_t got = read(tap, at, SLOT + 512);
        if (got < 0) break;
        struct virtio_net_hdr v;
        memcpy(&v, at, VNET);
        uint8_t *frame = at + VNET;
        int length = (int)got - VNET;
        int parts = v.gso_type && v.gso_size ? length / v.gso_size + 1 : 1;
        if (vector_count + 2 * parts > VECTORS || message_count + 2 + parts / PARTS > PARTS) drain();
        if (2 * parts > VECTORS) continue;
        if (v.gso_type) {
            cut(frame, length, v.gso_size);
        } else {
            if (v.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) {
                uint16_t check = (uint16_t)~fold(sum(frame + v.csum_start, length - v.csum_start));
                if (!check && v.csum_offset == 6) check = 0xffff;
                memcpy(frame + v.csum_start + v.csum_offset, &check, 2);
            }
            memcpy(frame - VXLAN, &vxlan, VXLAN);
            add(frame - VXLAN, VXLAN + length, NULL, 0);
        }
        at = (uint8_t *)(((uintptr_t)frame + (uintptr_t)length + 63) & ~(uintptr_t)63);
    }
    drain();
    return reads;
}

/* From the network into the device. */
static uint8_t packets[SLOTS][SLOT];
static struct iovec held[2 * PARTS];
static int held_count, held_parts, held_size, held_length, held_headers, held_done;
static uint32_t held_next;

static void flush(void) {
    if (!held_count) return;
    uint8_t *f = held[1].iov_base;
    struct virtio_net_hdr v = {0};
    if (held_headers) {
        put16(f + IP + 2, (uint16_t)(held_length - IP));
        put16(f + IP + 10, 0);
        uint16_t check = (uint16_t)~fold(sum(f + IP, 20)), open = fold(pseudo(f, held_length - TCP));
        memcpy(f + IP + 10, &check, 2);
        memcpy(f + TCP + 16, &open, 2);
        v = (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = TCP, .csum_offset = 16};
        if (held_parts > 1)
            v.gso_type = VIRTIO_NET_HDR_GSO_TCPV4, v.hdr_len = (uint16_t)held_headers, v.gso_size = (uint16_t)held_size;
    }
    held[0] = (struct iovec){&v, VNET};
    if (writev(tap, held, held_count) < 0 && errno != EAGAIN) perror("writev");
    held_count = 0;
}

static int alike(const uint8_t *a, const uint8_t *b, int all) {
    return !memcmp(a, b, IP + 2) && !memcmp(a + IP + 6, b + IP + 6, 4) && !memcmp(a + IP + 12, b + IP + 12, 12)
        && !memcmp(a + TCP + 8, b + TCP + 8, 5) && !memcmp(a + TCP + 14, b + TCP + 14, 2)
        && !memcmp(a + TCP + 20, b + TCP + 20, (size_t)(all - TCP - 20));
}

static void take(uint8_t *frame, int length) {
    int all = headers(frame, length);
    if (all) length = IP + get16(frame + IP + 2);
    int flags = all ? frame[TCP + 13] : 0;
    if (all && ((flags & ~PSH) != ACK || fold(sum(frame + IP, 20)) != 0xffff
            || fold(pseudo(frame, length - TCP) + sum(frame + TCP, length - TCP)) != 0xffff)) all = 0;
    uint8_t *first = held[1].iov_base;
    int payload = length - all;
    if (held_count && all && all == held_headers && !held_done && held_parts < PARTS && payload <= held_size
        && held_length + payload - IP < 65536 && get32(frame + TCP + 4) == held_next && alike(first, frame, all)) {
        held[held_count++] = (struct iovec){frame + all, (size_t)payload};
        held_parts++, held_length += payload, held_next += (uint32_t)payload;
        held_done = payload < held_size || (flags & PSH);
        first[TCP + 13] |= flags & PSH;
    } else {
        flush();
        held[1] = (struct iovec){frame, (size_t)length};
        held_count = 2, held_parts = 1, held_size = payload, held_length = length, held_headers = all;
        held_next = all ? get32(frame + TCP + 4) + (uint32_t)payload : 0;
        held_done = !all || (flags & PSH);
    }
    if (held_done) flush();
}

static int inward(void) {
    static struct mmsghdr in[SLOTS];
    static struct iovec slots[SLOTS];
    static uint8_t control[SLOTS][CMSG_SPACE(sizeof(int))] __attribute__((aligned(8)));
    for (int i = 0; i < SLOTS; i++) {
        slots[i] = (struct iovec){packets[i], SLOT};
        in[i].msg_hdr = (struct msghdr){.msg_iov = slots + i, .msg_iovlen = 1, .msg_control = control[i],
                                        .msg_controllen = sizeof control[i]};
    }
    int got = recvmmsg(udp, in, SLOTS, MSG_DONTWAIT, NULL);
    for (int i = 0; i < got; i++) {
        int length = (int)in[i].msg_len, size = SLOT;
        struct cmsghdr *c = CMSG_FIRSTHDR(&in[i].msg_hdr);
        if (c && c->cmsg_level == SOL_UDP_ && c->cmsg_type == UDP_GRO) memcpy(&size, CMSG_DATA(c), sizeof size);
        for (int at = 0; at < length; at += size) {
            int part = length - at < size ? length - at : size;
            if (part >= VXLAN + ETH && !memcmp(packets[i] + at, &vxlan, VXLAN)) take(packets[i] + at + VXLAN, part - VXLAN);
        }
    }
    flush();
    return got > 0 ? got : 0;
}

static void need(int good, const char *what) {
    if (!good) perror(what), exit(1);
}

int main(int argc, char **argv) {
    if (argc != 7) return fprintf(stderr, "tunnel LOCAL PEER PORT VNI NAMESPACE DEVICE\n"), 2;
    int one = 1, buffer = 4 << 20, port = atoi(argv[3]);
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    peer = local;
    vxlan = htobe64(0x0800000000000000ull | (uint64_t)atoi(argv[4]) << 8);
    need(inet_aton(argv[1], &local.sin_addr) && inet_aton(argv[2], &peer.sin_addr), "address");
    need((udp = socket(AF_INET, SOCK_DGRAM, 0)) >= 0, "socket");
    need(!setsockopt(udp, SOL_UDP_, UDP_GRO, &one, sizeof one), "UDP_GRO");
    setsockopt(udp, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    setsockopt(udp, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    need(!bind(udp, (struct sockaddr *)&local, sizeof local), "bind");
    int namespace = open(argv[5], O_RDONLY | O_CLOEXEC);
    need(namespace >= 0 && !setns(namespace, CLONE_NEWNET), argv[5]);
    need((tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK)) >= 0, "/dev/net/tun");
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
    strncpy(request.ifr_name, argv[6], IFNAMSIZ - 1);
    need(!ioctl(tap, TUNSETIFF, &request) && !ioctl(tap, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4), argv[6]);
    puts("ready"), fflush(stdout);
    struct pollfd fds[3] = {{udp, POLLIN, 0}, {tap, POLLIN, 0}, {0, POLLIN, 0}};
    for (int idle = 0; !(fds[2].revents & (POLLIN | POLLHUP));) {
        idle = inward() + outward() ? 0 : idle + 1;
        if (idle >= 2) poll(fds, 3, -1), idle = 0;
    }
    return 0;
}

package io.cnm4j.spi.driver;

/** In which namespace a sandbox is that is on a network without interfaces. */
public enum Placement {
    /** In the host's own. */
    HOST,
    /** In one that has nothing but a loopback. */
    ALONE
}

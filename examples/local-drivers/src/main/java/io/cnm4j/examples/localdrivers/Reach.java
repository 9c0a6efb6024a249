package io.cnm4j.examples.localdrivers;

import io.cnm4j.api.Sandbox;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Who answers. */
final class Reach {
    private static final int NOBODY_LISTENS = 9;
    private static final int PATIENCE_MILLIS = 400;

    private Reach() {}

    /** Tells whether there is a network stack at the address: one that refuses a port has answered. */
    static boolean from(Sandbox sandbox, String address) throws Exception {
        return sandbox.call(() -> answers(address));
    }

    private static boolean answers(String address) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(address), NOBODY_LISTENS), PATIENCE_MILLIS);
            return true;
        } catch (ConnectException refusedOrNoWay) {
            return String.valueOf(refusedOrNoWay.getMessage()).contains("refused");
        } catch (IOException silence) {
            return false;
        }
    }
}

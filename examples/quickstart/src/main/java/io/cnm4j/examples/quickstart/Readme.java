package io.cnm4j.examples.quickstart;

import io.cnm4j.api.*;
import io.cnm4j.api.model.*;
import java.net.ServerSocket;
import java.net.Socket;

/** One sandbox serves, another calls it, in the network namespace in which the program is started. */
public final class Readme {
    public static void main(String[] args) throws Exception {
        try (NetworkController controller = NetworkController.open(ControllerConfig.defaults())) {
            Network web = controller.createNetwork(NetworkRequest.named("web"));
            Sandbox server = controller.createSandbox(SandboxRequest.forContainer("server"));
            Sandbox client = controller.createSandbox(SandboxRequest.forContainer("client"));
            Endpoint endpoint = web.connect(server, EndpointRequest.named("server"));
            web.connect(client, EndpointRequest.named("client"));

            IpAddress address = endpoint.inspect().address(Family.IPV4).orElseThrow();
            try (ServerSocket listening = server.call(() -> new ServerSocket(80));
                    Socket call = client.call(() -> new Socket(address.toString(), 80));
                    Socket answer = listening.accept()) {
                System.out.println(answer.getInetAddress() + " called " + call.getInetAddress());
            }

            client.delete();
            server.delete();
            web.delete();
        }
    }
}

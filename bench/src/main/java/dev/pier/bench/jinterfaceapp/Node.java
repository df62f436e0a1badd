package dev.pier.bench.jinterfaceapp;

import com.ericsson.otp.erlang.OtpNode;
import java.io.IOException;

/// This JVM's JInterface node and the peer that it calls.
final class Node {
    static final String PEER = System.getenv("BENCH_PEER");
    static final String COOKIE = System.getenv("BENCH_COOKIE");

    private static final class Holder {
        private static final OtpNode NODE = open();

        private static OtpNode open() {
            try {
                return new OtpNode("jinterface@localhost", COOKIE);
            } catch (IOException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }

    private Node() {}

    static OtpNode open() {
        return Holder.NODE;
    }
}

package dev.pier.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the known name closest to an unknown one: at most a third of its letters may differ, and never more than
/// two.
final class Suggestion {
    private Suggestion() {}

    static Optional<String> of(String unknown, Collection<String> known) {
        return known.stream()
                .filter(name -> distance(unknown, name) <= Math.clamp(name.length() / 3, 1, 2))
                .min(Comparator.comparingInt(name -> distance(unknown, name)));
    }

    /// The number of insertions, deletions, substitutions and swaps of neighbours (optimal string alignment
    /// distance).
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int change = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(change, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, 1 + cost[i - 2][j - 2]) : least;
    }
}

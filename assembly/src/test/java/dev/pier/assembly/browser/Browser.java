package dev.pier.assembly.browser;

import dev.pier.erlang.testing.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/// A headless Chromium that shows the sample's page, or another one. For one thread.
final class Browser implements AutoCloseable {
    static final int WIDE = 1280;
    static final int NARROW = 390;

    private static final int HEIGHT = 900;

    /// Chromium's warning about the way in which axe-core measures contrast.
    private static final String AXE_WARNING = "rendering 13 Canvas2D: Multiple readback operations";

    private static final Path PICTURES = Path.of(System.getProperty("basedir", ""), "target", "screenshots");

    /// Selenium warns about each Chromium that is newer than itself. The reference keeps the logger, and with
    /// it its level, from being garbage collected.
    private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

    static {
        SELENIUM.setLevel(Level.SEVERE);
    }

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /// Opens the page of the sample.
    static Browser open(URI page) {
        Browser browser = start();
        browser.go(page);
        return browser;
    }

    /// Opens any page, and does not wait for its scripts.
    static Browser at(URI page) {
        Browser browser = start();
        browser.driver.get(page.toString());
        return browser;
    }

    private static Browser start() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(program("chromium").toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // Chromium's sandbox does not work for root.
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--lang=en",
                "--user-data-dir=" + newFolder());
        LoggingPreferences everything = new LoggingPreferences();
        everything.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", everything);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(program("chromedriver").toFile()) // Otherwise Selenium downloads one.
                .usingAnyFreePort()
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.look(WIDE, false);
        return browser;
    }

    private static Path program(String name) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        name + " is not on the PATH; install Debian's packages chromium and chromium-driver"));
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("chromium");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Opens the page and waits until its scripts have started.
    void go(URI page) {
        driver.get(page.toString());
        awaitMounted();
    }

    void reload() {
        driver.navigate().refresh();
        awaitMounted();
    }

    private void awaitMounted() {
        Await.until(
                "all cards mounted",
                () -> driver.findElements(By.cssSelector(".card[data-script]:not([data-mounted])"))
                        .isEmpty());
        Await.until("the connection in the header", () -> !text("#state .words").equals("connecting"));
    }

    /// Sets the width of the page and the system's preference for light or dark.
    void look(int width, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    WebElement one(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    List<WebElement> all(String selector) {
        return driver.findElements(By.cssSelector(selector));
    }

    /// The visible text of an element.
    String text(String selector) {
        return one(selector).getText();
    }

    /// Clicks by script: a real click may hit another element that covers this one after scrolling.
    void click(String selector) {
        driver.executeScript("arguments[0].click()", one(selector));
    }

    /// Replaces the text of a field.
    void write(String selector, String text) {
        WebElement field = one(selector);
        field.clear();
        field.sendKeys(text);
    }

    /// Presses keys one after the other in the focused element.
    void press(CharSequence... keys) {
        for (CharSequence key : keys) {
            new Actions(driver).sendKeys(key).perform();
        }
    }

    void choose(String select, String value) {
        driver.executeScript(
                "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))",
                one(select),
                value);
    }

    /// Waits until the text of an element is accepted, and returns it.
    String await(String selector, Predicate<String> accepted) {
        return Await.value(
                selector,
                () -> {
                    try {
                        List<WebElement> found = all(selector);
                        return found.isEmpty() ? "" : found.getFirst().getText();
                    } catch (StaleElementReferenceException _) {
                        return ""; // The page has just replaced the element.
                    }
                },
                accepted);
    }

    String awaitText(String selector, String part) {
        return await(selector, text -> text.contains(part));
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    Object runAsync(String script, Object... arguments) {
        return driver.executeAsyncScript(script, arguments);
    }

    /// The warnings and errors in the browser's console since the last call.
    List<String> errors() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .filter(entry -> !entry.getMessage().startsWith(AXE_WARNING))
                .map(entry -> entry.getLevel() + " " + entry.getMessage())
                .toList();
    }

    /// Takes screenshots of a card, or of the whole page (`page`): light and dark, wide and narrow.
    void pictures(String card) {
        pictures(card, card);
    }

    /// The same with another file name.
    void pictures(String card, String name) {
        for (boolean dark : new boolean[] {false, true}) {
            for (int width : new int[] {WIDE, NARROW}) {
                look(width, dark);
                picture(card, name + (dark ? "-dark" : "-light") + (width == WIDE ? "-wide" : "-narrow"));
            }
        }
        look(WIDE, false);
    }

    /// Takes one screenshot of the whole page in its current state.
    void picture(String file) {
        picture("page", file);
    }

    private void picture(String card, String file) {
        Object clip = run("""
                scrollTo({ top: 0, behavior: 'instant' }); // Otherwise the sticky navigation covers a part of a card.
                const card = arguments[0] === 'page' ? document.documentElement : document.getElementById(arguments[0]);
                const box = card.getBoundingClientRect();
                return { x: box.x + scrollX, y: box.y + scrollY, width: box.width, height: box.height, scale: 1 };
                """, card);
        Map<String, Object> shot = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true, "clip", clip));
        try {
            Files.createDirectories(PICTURES);
            Files.write(PICTURES.resolve(file + ".png"), Base64.getDecoder().decode((String) shot.get("data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"
)

// store parses a page as the scraper does, adds the labels of the target, and appends all samples at one instant.
func store(db *tsdb.DB, from page) error {
	parsed, err := textparse.New([]byte(from.Text), "text/plain; version=0.0.4", labels.NewSymbolTable(), textparse.ParserOptions{})
	if err != nil {
		return err
	}
	appender := db.Appender(context.Background())
	for {
		entry, err := parsed.Next()
		if errors.Is(err, io.EOF) {
			return appender.Commit()
		}
		if err != nil {
			return fmt.Errorf("the page cannot be read: %w", err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, value := parsed.Series()
		var found labels.Labels
		parsed.Labels(&found)
		built := labels.NewBuilder(found)
		for name, label := range from.Labels {
			built.Set(name, label)
		}
		if _, err := appender.Append(0, built.Labels(), from.AtMs, value); err != nil {
			return fmt.Errorf("%s: %w", found, err)
		}
	}
}

// checkRules says what Prometheus holds against a rules file: names, expressions, templates.
func checkRules(text string) []string {
	complaints := []string{}
	if text == "" {
		return complaints
	}
	_, errs := rulefmt.Parse([]byte(text), false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, err := range errs {
		complaints = append(complaints, err.Error())
	}
	return complaints
}
